// The map of the report: the rows in the plane of their largest variance.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <shoal/io/row_source.hpp>

/// A cluster that is labelled on the map, and the target of its link.
struct MapName {
  shoal::Label cluster;
  std::string name, link;
};

/// An SVG of up to 4,000 evenly chosen rows on their first two principal components (of the directions of the
/// rows). Samples of the clusters in `names` are drawn more strongly, with the name at the middle of the
/// cluster. Empty if there are fewer than three rows or only one column.
std::string cluster_map(shoal::AnyRows features, std::span<const shoal::Label> labels,
                        std::span<const MapName> names);
