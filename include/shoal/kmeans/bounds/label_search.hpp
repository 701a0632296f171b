// Finds the exact label of one row among the centroids that its bounds do not exclude.
#pragma once

#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/bounds/candidate_bitmap.hpp>
#include <shoal/kmeans/bounds/centroid_drift.hpp>
#include <shoal/kmeans/bounds/coded_bounds.hpp>
#include <shoal/kmeans/bounds/pair_distance.hpp>

namespace shoal {

/// A row that is being assigned. A group's bound less the group's drift since the epoch is a lower bound on
/// the row's distances to its members other than the row's own centroid.
struct BoundedRow {
  Index row;             ///< its number
  Index place;           ///< in its block
  std::uint8_t* bounds;  ///< one per group of centroids
  Index group;           ///< centroids per bound
  const Epoch* epoch;    ///< when the bounds were computed
};

/// Finds the nearest centroid of single rows: bounds (byte_bounds.hpp) exclude most of them, then codes of
/// single pairs (coded_bounds.hpp), if they are stored, exclude more, and the distances of the rest are
/// computed in floats. This also refreshes the bound of each candidate. Ties and near-ties are resolved as
/// pair_distance.hpp says.
class LabelSearch {
 public:
  /// Scratch memory of one thread, and the number of distances that it has computed in floats.
  struct Scratch {
    CandidateBitmap marks;
    Buffer<Label> candidates;
    Buffer<float> products;
    Index computed = 0;
  };

  /// For rows with squared lengths `squares`.
  LabelSearch(std::span<const double> squares, Index clusters, Index cols)
      : squares_(squares),
        clusters_(clusters),
        own_(squares.size(), std::numeric_limits<float>::infinity()),
        pairs_(cols) {}

  /// Sets the centroids of an iteration, and the ids by which ties are resolved.
  void set(Matrix<float> centroids, std::span<const Label> ids) { pairs_.set(std::move(centroids), ids); }
  void set(ByteScale scale) { scale_ = scale; }
  [[nodiscard]] const Matrix<float>& centroids() const { return pairs_.centroids(); }
  [[nodiscard]] const ByteScale& scale() const { return scale_; }

  /// Drops the bound on the row's distance to its own centroid.
  void forget(Index row) { own_[static_cast<std::size_t>(row)] = std::numeric_limits<float>::infinity(); }
  /// The row's own centroid has moved by `step`.
  void follow(Index row, float step) {
    float& upper = own_[static_cast<std::size_t>(row)];
    if (step > 0) upper = (upper + step) * (1 + 0x1p-22f);
  }
  /// Computes the distance to the own centroid.
  PairDistance measure(const float* x, Index row, Label label) {
    const PairDistance own = pairs_.of(x, square(row), label);
    own_[static_cast<std::size_t>(row)] = own.upper;
    return own;
  }

  /// Marks the groups that the row's bounds do not exclude; returns how many.
  Index mark(const BoundedRow& at, Scratch& room) const {
    return room.marks.mark(at.place, at.bounds, at.epoch->steps.data(), scale_.above(upper(at.row)));
  }

  /// Tightens the bounds of the marked centroids by codes, and lists those that these do not exclude either
  /// in room.candidates.
  void list_candidates(const BoundedRow& at, Label label, const CodedBounds& codes, Scratch& room) const {
    room.marks.list(at.place, at.group, clusters_, label, room.candidates);
    if (!codes.of_pairs()) return;
    std::size_t left = 0;
    Label* const list = room.candidates.data();  // what all candidates of the row share
    std::uint8_t* const bounds = at.bounds;
    const float *since = at.epoch->since.data(), limit = upper(at.row);
    codes.each_vector(at.row, room.candidates, [&](std::size_t first, std::size_t count, FloatVector below) {
      const Label* some = list + first;
      const VectorBytes steps =
          scale_.below(below + vector_of([&](int k) {
                         return since[some[std::min(static_cast<std::size_t>(k), count - 1)]];
                       }));
      float lower[vector_width];
      std::uint8_t fresh[vector_width];
      std::memcpy(fresh, &steps, sizeof(steps));
      store(lower, below);
      for (std::size_t k = 0; k < count; ++k) {
        const Label c = some[k];
        bounds[c] = std::max(bounds[c], fresh[k]);
        list[left] = c;
        left += lower[k] <= limit;
      }
    });
    room.candidates.resize(left);
  }

  /// Finds the row's label.
  void assign(const float* x, const BoundedRow& at, Label& label, const CodedBounds& codes, Scratch& room) {
    PairDistance best = measure(x, at.row, label);
    mark(at, room);
    list_candidates(at, label, codes, room);
    const Buffer<Label>& candidates = room.candidates;
    room.computed += 1 + static_cast<Index>(candidates.size());
    pairs_.multiply(x, candidates, room.products);
    const Label held = label;
    const float held_lower = best.lower;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < candidates.size(); ++k) {
      const Label c = candidates[k];
      const Index group = c / at.group;
      const PairDistance next = pairs_.from(room.products[k], square(at.row), c);
      if (pairs_.is_nearer(x, square(at.row), c, next.value, label, best.value)) {
        const Index left = label / at.group;  // its group's bound now includes the former own centroid
        if (left == group)
          least = std::min(least, best.lower);
        else
          at.bounds[left] = std::min(at.bounds[left], bound_of(best.lower, *at.epoch, left));
        best = next;
        label = c;
      } else {
        least = std::min(least, next.lower);
      }
      if (k + 1 < candidates.size() && candidates[k + 1] / at.group == group) continue;
      if (held / at.group == group && label != held) least = std::min(least, held_lower);
      at.bounds[group] = bound_of(least, *at.epoch, group);
      least = std::numeric_limits<float>::infinity();
    }
    own_[static_cast<std::size_t>(at.row)] = best.upper;
  }

  /// A good first guess: the centroid with the least bound; `bounds` has one for each.
  [[nodiscard]] Label guess(const std::uint8_t* bounds) const {
    std::uint8_t least = 255;
    for (Index c = 0; c < clusters_; ++c)
      least = std::min(least, bounds[c]);  // many at once, as no search is
    return static_cast<Label>(std::find(bounds, bounds + clusters_, least) - bounds);
  }

 private:
  [[nodiscard]] float square(Index row) const {
    return static_cast<float>(squares_[static_cast<std::size_t>(row)]);
  }
  /// ≥ the distance to the row's own centroid.
  [[nodiscard]] float upper(Index row) const { return own_[static_cast<std::size_t>(row)]; }

  [[nodiscard]] std::uint8_t bound_of(float least, const Epoch& epoch, Index group) const {
    return !is_finite(least) ? std::uint8_t{255}
                             : scale_.below(least + epoch.since[static_cast<std::size_t>(group)]);
  }

  std::span<const double> squares_;
  Index clusters_;
  Buffer<float> own_;  // [n] upper bounds on the distances to the own centroids
  PairDistances pairs_;
  ByteScale scale_;
};

}  // namespace shoal
