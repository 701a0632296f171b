// Orders centroids so that consecutive ones lie close together and groups of them can share bounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/parallel.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// Splits points into halves along their principal direction, and each half in turn, down to groups. O(C d)
/// per level.
class PcaTreeOrder {
 public:
  PcaTreeOrder(MatrixView<const float> points, Index group)
      : points_(points),
        group_(group),
        along_(static_cast<std::size_t>(points.rows)),
        mean_(static_cast<std::size_t>(points.cols)),
        direction_(mean_.size()) {}

  void arrange(std::span<Label> part) {
    if (static_cast<Index>(part.size()) <= group_) return;
    project(part);
    std::sort(part.begin(), part.end(), [&](Label x, Label y) {
      const double a = along_[static_cast<std::size_t>(x)], b = along_[static_cast<std::size_t>(y)];
      return a != b ? a < b : x < y;
    });
    const auto half =
        static_cast<std::size_t>(block_count(static_cast<Index>(part.size()), group_) / 2 * group_);
    arrange(part.first(half));
    arrange(part.subspan(half));
  }

 private:
  /// Positions along the principal direction, by a few steps of power iteration from the first point.
  void project(std::span<const Label> part) {
    const Index d = points_.cols;
    std::fill(mean_.begin(), mean_.end(), 0.0);
    for (const Label c : part)
      for (Index j = 0; j < d; ++j) mean_[static_cast<std::size_t>(j)] += points_(c, j);
    for (double& m : mean_) m /= static_cast<double>(part.size());
    const auto at = [&](Label c, Index j) { return points_(c, j) - mean_[static_cast<std::size_t>(j)]; };
    for (Index j = 0; j < d; ++j) direction_[static_cast<std::size_t>(j)] = at(part[0], j);
    for (int step = 0; step < 8; ++step) {
      double length = 0;
      for (const Label c : part) {
        double& along = along_[static_cast<std::size_t>(c)];
        along = sum_in_double(d, [&](Index j) { return at(c, j) * direction_[static_cast<std::size_t>(j)]; });
        length += along * along;
      }
      const double scale = length > 0 ? 1 / std::sqrt(length) : 0;
      std::fill(direction_.begin(), direction_.end(), 0.0);
      for (const Label c : part)
        for (Index j = 0; j < d; ++j)
          direction_[static_cast<std::size_t>(j)] += scale * along_[static_cast<std::size_t>(c)] * at(c, j);
    }
  }

  MatrixView<const float> points_;
  Index group_;
  std::vector<double> along_, mean_, direction_;
};

/// Orders the rows of `points` so that each run of `group` consecutive ones is compact (recursive split along
/// the leading principal direction); keeps their order if group = 1. Deterministic. O(C d log (C / group)).
inline std::vector<Label> pca_tree_order(MatrixView<const float> points, Index group) {
  std::vector<Label> order(static_cast<std::size_t>(points.rows));
  std::iota(order.begin(), order.end(), Label{0});
  if (group > 1) PcaTreeOrder(points, group).arrange(order);
  return order;
}

}  // namespace shoal
