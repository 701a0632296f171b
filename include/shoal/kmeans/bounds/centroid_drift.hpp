// How far centroids have moved since bounds on their distances were computed.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/byte_bounds.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// A moment at which blocks of rows refreshed their bounds; an entry for each group of centroids.
struct Epoch {
  Buffer<float> drift;         ///< of the group from the first iteration to this moment
  Buffer<float> since;         ///< from this moment to now, rounded up
  Buffer<std::uint8_t> steps;  ///< the same in steps of the bounds
};

/// The drift of a group is the sum over iterations of the largest step among its members (Elkan, ICML 2003;
/// Hamerly, SDM 2010, for single centroids). A bound b that was computed at some epoch still holds now as
/// b − (drift since that epoch), because no member of the group has moved farther than that.
class CentroidDrift {
 public:
  /// Keeps `width` ≥ groups entries; those beyond the groups never drift.
  CentroidDrift(Index clusters, Index group, Index width)
      : group_(group),
        drift_(static_cast<std::size_t>(width), 0.f),
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
      float& drift = drift_[static_cast<std::size_t>(c / group_)];
      if (step > 0) drift = (drift + step) * (1 + 0x1p-22f);
    }
  }

  /// Starts an epoch now, and updates the epochs that are still in use by blocks.
  void start_epoch(const std::vector<Index>& in_use, const ByteScale& scale) {
    epochs_.push_back({drift_, {}, {}});
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
      epoch.since.assign(drift_.size(), 0.f);
      epoch.steps.assign(drift_.size(), 0);
      for (std::size_t g = 0; g < drift_.size(); ++g) {
        if (!(drift_[g] > epoch.drift[g])) continue;
        epoch.since[g] = (drift_[g] - epoch.drift[g]) + drift_[g] * 0x1p-20f;
        epoch.steps[g] = scale.above(epoch.since[g]);
      }
    }
  }

  [[nodiscard]] const Epoch& epoch(Index e) const { return epochs_[static_cast<std::size_t>(e)]; }
  [[nodiscard]] Index latest() const { return static_cast<Index>(epochs_.size()) - 1; }
  /// The last step of centroid c, rounded up.
  [[nodiscard]] float step(Index c) const { return steps_[static_cast<std::size_t>(c)]; }

 private:
  Index group_;
  Buffer<float> drift_, steps_;
  std::vector<Epoch> epochs_;
};

}  // namespace shoal
