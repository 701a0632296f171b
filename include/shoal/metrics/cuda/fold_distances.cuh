// The GPU kernels of distances between rows: made of products, they are summed up cluster by cluster at once.
#pragma once

#include <cmath>

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// Rows u = row · factor on the device, and ‖z‖² of z = (u − μ) s, of which products are made.
template <class T> struct MeasuredRows {
  MatrixView<const T> rows;
  const double* factors;  ///< null: all 1
  const float* squares;

  [[nodiscard]] SHOAL_HD double at(Index i, Index j) const {
    return static_cast<double>(rows(i, j)) * (factors != nullptr ? factors[i] : 1);
  }
};

/// z ← (row · factor − centre) · scale and squares ← ‖z‖² of each row. One warp for each row.
struct MeasureRows {
  double scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> rows, const double* factors,
                           const double* centre, MatrixView<float> z, float* squares) const {
    const Index i = warp_item(exec);
    if (i >= rows.rows) return;
    const double factor = factors != nullptr ? factors[i] : 1;
    double square = 0;
    for (Index j = warp_lane(exec); j < rows.cols; j += warp_size) {
      const auto value = static_cast<float>((static_cast<double>(rows(i, j)) * factor - centre[j]) * scale);
      z(i, j) = value;
      square += static_cast<double>(value) * static_cast<double>(value);
    }
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0) squares[i] = static_cast<float>(square);
  }
};

/// Takes a tile of products [Q × W] of queries with the base rows from `base` on, which are in the order of
/// their clusters: `cluster` is that of each, and cluster k is [first[k], first[k + 1]). Distances are summed
/// by cluster; state [3 × Q] holds the sum of a cluster that goes on in the next tile, the mean distance to
/// the query's own cluster, and the least to another. Sums are divided by shares [2 × K]: row 0 for queries
/// of the cluster itself (0: the mean is 0), row 1 for others. Where a product has lost digits to
/// cancellation, or the cluster is the query's own and `own_exactly`, the distance is computed from
/// differences in double, by the whole warp. One warp for each query; tiles come in the order of base rows.
template <class T> struct FoldDistances {
  bool angles;  ///< half the squared distances, as cosine distances are
  bool own_exactly;
  double scale;

  /// Below this share of the squared norms, ‖x‖² + ‖y‖² − 2 x·y has lost too many digits to cancellation.
  static constexpr float lossy = 1e-2f;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, MatrixView<const float> query_rows,
                           const double* query_factors, const float* query_squares,
                           MatrixView<const T> base_rows, const double* base_factors,
                           const float* base_squares, const Index* first, const Label* cluster,
                           MatrixView<const double> shares, Index base, const Label* mine,
                           MatrixView<double> state) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const MeasuredRows<float> queries{query_rows, query_factors, query_squares};
    const MeasuredRows<T> others{base_rows, base_factors, base_squares};
    const Index end = base + products.cols;
    double sum = state(0, i), own = state(1, i), other = state(2, i);
    for (Index at = base, k = cluster[base]; at < end; ++k) {
      const Index cluster_end = first[k + 1], run_end = cluster_end < end ? cluster_end : end;
      sum += sum_of_run(exec, products, queries, others, i, at - base, run_end - base, k == mine[i]);
      at = run_end;
      if (run_end != cluster_end) break;  // the cluster goes on in the next tile
      if (k == mine[i]) {
        own = shares(0, k) > 0 ? sum / shares(0, k) : 0;
      } else {
        const double mean = sum / shares(1, k);
        other = mean < other ? mean : other;
      }
      sum = 0;
    }
    exec.warp_barrier();
    if (warp_lane(exec) != 0) return;
    state(0, i) = sum, state(1, i) = own, state(2, i) = other;
  }

 private:
  /// The sum of the distances of query i to columns [from, to) of the tile, in all threads of the warp.
  template <class Exec>
  SHOAL_HD double sum_of_run(Exec& exec, MatrixView<const float> products, const MeasuredRows<float>& queries,
                             const MeasuredRows<T>& others, Index i, Index from, Index to, bool own) const {
    double part = 0, exact = 0;
    const float square = queries.squares[i];
    for (Index first = from; first < to; first += warp_size) {
      const Index j = first + warp_lane(exec);
      bool weak = false;
      if (j < to) {
        const float both = square + others.squares[j];
        const float d = both - 2 * products(i, j);
        weak = d <= lossy * both || (own && own_exactly);
        if (!weak) part += static_cast<double>(angles ? d * 0.5f : std::sqrt(d));
      }
      for (unsigned bits = exec.ballot(weak); bits != 0; bits &= bits - 1)
        exact += exact_distance(exec, queries, others, i, first + lowest_bit(bits));
    }
    return warp_reduce(exec, part, Plus{}) + exact;
  }

  /// The distance of query i and base row j of the tile in double, in all threads of the warp.
  template <class Exec>
  SHOAL_HD double exact_distance(Exec& exec, const MeasuredRows<float>& queries,
                                 const MeasuredRows<T>& others, Index i, Index j) const {
    double gap = 0;
    for (Index c = warp_lane(exec); c < queries.rows.cols; c += warp_size) {
      // A compiler that fuses a product with the difference would leave the rounding of the other one.
      const double mine = queries.at(i, c), theirs = others.at(j, c);
      const double difference = mine == theirs ? 0. : mine - theirs;
      gap += difference * difference;
    }
    gap = warp_reduce(exec, gap, Plus{});
    return angles ? gap * scale * scale / 2 : std::sqrt(gap) * scale;
  }
};

/// values[i] ← value. One thread for each.
struct FillDoubles {
  double value;
  template <class Exec> SHOAL_HD void operator()(Exec& exec, double* values, Index count) const {
    const Index i = thread_item(exec);
    if (i < count) values[i] = value;
  }
};

}  // namespace shoal
