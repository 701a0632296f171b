// The list of all clusters in the report. It is readable without scripts; scripts sort and search it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/core/config.hpp>

/// One line of the list.
struct ListedCluster {
  shoal::Label cluster;
  shoal::Index size;
  double confidence;     ///< below 0 if unknown
  double purity;         ///< below 0 if unknown
  std::string name;      ///< its most frequent class or its words; may be empty
  std::string exemplar;  ///< text of the sample nearest to its centre
};

/// Returns the list as HTML: a search field, a table in a scrolling box, and the script for both. Line c has
/// the id "list-c" if c is in `linked`. The list stays below about 820 kB for any number of clusters: names
/// and exemplars are clipped, and if there is no room for all of them, only the largest clusters have theirs.
std::string cluster_list(std::span<const ListedCluster> clusters, std::span<const shoal::Label> linked);
