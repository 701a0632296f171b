// The list of all clusters in the report: it is read as it is, and sorted and searched where scripts run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/core/config.hpp>

/// One line of the list.
struct ListedCluster {
  shoal::Label cluster;
  shoal::Index size;
  double confidence;     ///< below 0 where it is not known
  double purity;         ///< below 0 where it is not known
  std::string name;      ///< of its most frequent class, or its words; may be empty
  std::string exemplar;  ///< the sample nearest to its centre, in words
};

/// The list as HTML: a search field, a table in a box that scrolls, and the script of both. Line c has the id
/// "list-c" where c is in `linked`. However many clusters there are, it stays below some 820 kB: names and
/// exemplars are cut, and where there is no room for those of all the largest clusters have theirs.
std::string cluster_list(std::span<const ListedCluster> clusters, std::span<const shoal::Label> linked);
