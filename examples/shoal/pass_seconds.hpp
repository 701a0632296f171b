// How long a pass over all rows and centroids takes, measured on some of them.
#pragma once

#include "stopwatch.hpp"

#include <algorithm>
#include <vector>

#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>

/// About the seconds in which all rows are held against all centroids, from rows spread over the source; 0
/// where rows can't be clustered, which the fit itself then says.
template <shoal::Geometry Geo, class Device>
double pass_seconds(shoal::AnyRows rows, shoal::Index clusters, const Device& device) {
  using shoal::Index;
  const auto spread = [&](Index count) {
    std::vector<Index> ids;
    for (Index i = 0; i < count; ++i) ids.push_back(i * rows.rows() / count);
    return ids;
  };
  const Index sample = std::clamp<Index>(Index{4'000'000'000} / (clusters * rows.cols()), 256, 8192);
  if (rows.rows() < 2 * sample) return 0;
  const std::vector<Index> ids = spread(sample);
  shoal::Matrix<float> centroids(clusters, rows.cols());
  double least = 0;
  try {
    rows.gather(spread(clusters), centroids);
    for (int round = 0; round < 2; ++round) {  // rows come from the disk in the first
      const Stopwatch time;
      (void)shoal::predict<Geo>(centroids, shoal::Subset(rows, ids), device);
      least = round == 0 ? time.seconds() : std::min(least, time.seconds());
    }
  } catch (const shoal::error&) {
    return 0;
  }
  return least * static_cast<double>(rows.rows()) / static_cast<double>(sample);
}
