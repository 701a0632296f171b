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

inline constexpr shoal::Index map_rows = 4000, map_rows_each = 60;

/// An SVG of up to `map_rows` evenly chosen rows on their first two principal components (of the directions
/// of the rows), and of more rows of the clusters in `names` until each shows `map_rows_each`. Samples of
/// these clusters have a colour, and larger dots where they are few; the name is at the middle of the
/// cluster. Empty if there are fewer than three rows or only one column.
std::string cluster_map(shoal::AnyRows features, std::span<const shoal::Label> labels,
                        std::span<const MapName> names);
