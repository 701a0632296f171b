// The map of the report: the rows in the plane in which they differ most.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/io/row_source.hpp>

/// A cluster that the map names, and where its name leads to.
struct MapName {
  shoal::Label cluster;
  std::string name, link;
};

/// An SVG of up to 4,000 rows, evenly chosen, on their first two principal components (of the directions of
/// the rows). The samples of the clusters in `names` are drawn stronger than the others, and each of these
/// clusters has its name at its middle. Empty where fewer than three rows or one column are there.
std::string cluster_map(shoal::AnyRows features, std::span<const shoal::Label> labels,
                        std::span<const MapName> names);
