// GPU kernels that find the nearest centroid of every row from tiles of products.
#pragma once

#include <limits>

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// half[c] ← ‖c‖² / 2 + its price (0 if null). One warp per centroid.
struct HalfSquares {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> centroids, const float* prices,
                           float* half) const {
    const Index c = warp_item(exec);
    if (c >= centroids.rows) return;
    double square = 0;
    for (Index j = warp_lane(exec); j < centroids.cols; j += warp_size)
      square += double{centroids(c, j)} * double{centroids(c, j)};
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0)
      half[c] = static_cast<float>(square / 2) + (prices != nullptr ? prices[c] : 0.f);
  }
};

/// The label of a value without a centroid.
inline constexpr Label no_centroid = std::numeric_limits<Label>::max();

/// A value and its centroid, ordered by value, then by centroid.
struct Least {
  float value;
  Label at;

  SHOAL_HD bool before(const Least& other) const {
    return value < other.value || (value == other.value && at < other.at);
  }
};

/// The least over the threads of a warp, in all of them.
template <class Exec> SHOAL_HD Least warp_least(Exec& exec, Least best) {
  for (int mask = warp_size / 2; mask > 0; mask /= 2) {
    const Least other{exec.shuffle_xor(best.value, mask), exec.shuffle_xor(best.at, mask)};
    if (other.before(best)) best = other;
  }
  return best;
}

/// Merges a tile of products [R × W] with the centroids [first, first + W) into the nearest centroid so far
/// of each row: the least half_c − x·c, the lowest index on ties. The first tile (first = 0) starts anew. One
/// warp for each row.
struct NearestInTile {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const float* half, Index first,
                           double* values, Label* labels) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const float* row = products.row(i);
    Least best{__builtin_huge_valf(), no_centroid};
    for (Index j = warp_lane(exec); j < products.cols; j += warp_size) {
      const Least next{half[first + j] - row[j], static_cast<Label>(first + j)};
      if (next.before(best)) best = next;
    }
    best = warp_least(exec, best);
    if (warp_lane(exec) == 0 && (first == 0 || double{best.value} < values[i]))
      values[i] = double{best.value}, labels[i] = best.at;
  }
};

/// Stores new labels: held[i] ← fresh[i]; moved[b] ← the number of labels of block b that changed. One thread
/// per row.
struct TakeLabels {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* fresh, Index count, Label* held,
                           std::int64_t* moved) const {
    const Index i = thread_item(exec);
    const bool differs = i < count && held[i] != fresh[i];
    if (differs) held[i] = fresh[i];
    const std::int64_t sum = block_reduce(exec, std::int64_t{differs}, Plus{});
    if (exec.thread() == 0) moved[exec.block()] = sum;
  }
};

}  // namespace shoal
