// How far centroids have come since bounds on their distances were taken.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/byte_bounds.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// A moment at which blocks of rows renewed their bounds; all by group of centroids.
struct Epoch {
  Buffer<float> travel;       ///< the way of each group by then
  Buffer<float> since;        ///< its way from then to now, rounded up
  Buffer<std::uint8_t> sunk;  ///< the same in steps of the bounds
};

/// The way of a group is the sum over iterations of the largest step among its members. So a bound that was
/// taken as (distance + since then) and is compared as (bound − since now) has sunk by at least what any
/// member has moved.
class CentroidDrift {
 public:
  /// `width` ≥ groups entries are kept, those beyond at rest.
  CentroidDrift(Index clusters, Index group, Index width)
      : group_(group),
        way_(static_cast<std::size_t>(width), 0.f),
        steps_(static_cast<std::size_t>(clusters), 0.f) {}

  /// The centroids go from one place to the next.
  void advance(MatrixView<const float> from, MatrixView<const float> to, Workers workers) {
    workers.each_row(to.rows, [&](Index c) {
      const double square = squared_distance(from.row(c), to.row(c), to.cols);
      steps_[static_cast<std::size_t>(c)] = static_cast<float>(std::sqrt(square)) * (1 + 0x1p-22f);
    });
    for (Index c = 0; c < to.rows; c += group_) {
      const Index end = std::min(to.rows, c + group_);
      const float step = *std::max_element(steps_.begin() + c, steps_.begin() + end);
      float& way = way_[static_cast<std::size_t>(c / group_)];
      if (step > 0) way = (way + step) * (1 + 0x1p-22f);
    }
  }

  /// Opens an epoch at this moment and brings those that blocks still count from up to date.
  void open_epoch(const std::vector<Index>& in_use, const ByteScale& scale) {
    epochs_.push_back({way_, {}, {}});
    std::vector<bool> used(epochs_.size(), false);
    used.back() = true;
    for (const Index e : in_use)
      if (e >= 0) used[static_cast<std::size_t>(e)] = true;
    for (std::size_t e = 0; e < epochs_.size(); ++e) {
      Epoch& epoch = epochs_[e];
      if (!used[e]) {
        epoch = {};
        continue;
      }
      epoch.since.assign(way_.size(), 0.f);
      epoch.sunk.assign(way_.size(), 0);
      for (std::size_t g = 0; g < way_.size(); ++g) {
        if (!(way_[g] > epoch.travel[g])) continue;
        epoch.since[g] = (way_[g] - epoch.travel[g]) + way_[g] * 0x1p-20f;
        epoch.sunk[g] = scale.above(epoch.since[g]);
      }
    }
  }

  [[nodiscard]] const Epoch& epoch(Index e) const { return epochs_[static_cast<std::size_t>(e)]; }
  [[nodiscard]] Index latest() const { return static_cast<Index>(epochs_.size()) - 1; }
  /// The last step of centroid c, rounded up.
  [[nodiscard]] float step(Index c) const { return steps_[static_cast<std::size_t>(c)]; }

 private:
  Index group_;
  Buffer<float> way_, steps_;
  std::vector<Epoch> epochs_;
};

}  // namespace shoal
