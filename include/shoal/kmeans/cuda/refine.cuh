// GPU kernels that refine the labels of rounded products: centroids that may be nearest are compared exactly.
#pragma once

#include <cmath>

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/half.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/kmeans/cuda/nearest.cuh>
#include <shoal/linalg/precision.hpp>

namespace shoal {

/// The length of a vector x, and that of x − x̃, where x̃ is what a product reads in its place.
struct RoundedVector {
  float length, error;
};

/// out[i] ← that of row x_i. `copies` holds x̃ in 16 bits where the precision is narrow. Tensor cores read
/// TF32 from x itself and may cut the last 13 bits off, so that the error is taken for 2^−10 of each element.
/// One warp for each row.
struct RoundingErrors {
  Precision precision;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, MatrixView<const std::uint16_t> copies,
                           RoundedVector* out) const {
    const Index i = warp_item(exec);
    if (i >= x.rows) return;
    double square = 0, error = 0;
    for (Index j = warp_lane(exec); j < x.cols; j += warp_size) {
      const double value = double{x(i, j)};
      const double gap = is_narrow(precision) ? value - double{widened(copies(i, j))} : 0.0;
      square += value * value, error += gap * gap;
    }
    square = warp_reduce(exec, square, Plus{});
    error = precision == Precision::tf32 ? 0x1p-20 * square : warp_reduce(exec, error, Plus{});
    if (warp_lane(exec) == 0) out[i] = {rounded_up(std::sqrt(square)), rounded_up(std::sqrt(error))};
  }

 private:
  [[nodiscard]] SHOAL_HD float widened(std::uint16_t stored) const {
    return precision == Precision::float16 ? half_to_float(stored) : bfloat16_to_float(stored);
  }
  [[nodiscard]] SHOAL_HD static float rounded_up(double x) { return static_cast<float>(x * (1 + 0x1p-22)); }
};

/// *out ← the largest length and the largest error. One block.
struct LargestVector {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const RoundedVector* vectors, Index count, RoundedVector* out) const {
    RoundedVector most{0, 0};
    for (Index i = exec.thread(); i < count; i += exec.threads())
      most = {Largest{}(most.length, vectors[i].length), Largest{}(most.error, vectors[i].error)};
    most.length = block_reduce(exec, most.length, Largest{});
    most.error = block_reduce(exec, most.error, Largest{});
    if (exec.thread() == 0) *out = most;
  }
};

/// How far ‖c‖² / 2 − x·c, from a product of rounded factors, may be off for any centroid c:
///   ‖x − x̃‖ ‖c‖ + ‖x̃‖ ‖c − c̃‖   by Cauchy's inequality, for the factors,
///   d 2^−22 ‖x̃‖ ‖c̃‖             for d float32 additions, which tensor cores truncate (Fasi, Higham, Mikaitis
///                                and Pranesh, PeerJ Computer Science 7, 2021), each to 2^−23 and twice that
///                                here, to be safe,
///   2^−22 (‖c‖² / 2 + ‖x‖ ‖c‖)   for the rounding of ‖c‖² / 2 and of the difference,
/// where `centroids` has the largest length and error of all.
SHOAL_HD inline float product_error(RoundedVector x, RoundedVector centroids, Index d) {
  const float reach = (x.length + x.error) * (centroids.length + centroids.error);
  return x.error * centroids.length + (x.length + x.error) * centroids.error +
         0x1p-22f * (static_cast<float>(d + 2) * reach + centroids.length * centroids.length);
}

/// Merges a tile of products with the centroids [first, first + W) into the nearest centroid so far of each
/// row, as NearestInTile, but so that labels are those of values ‖c‖² / 2 − x·c in double precision, whatever
/// the precision of products. A value from a product may be off by product_error(). A centroid contends if
/// its value, less the error, does not exceed the least of all, plus the error. If a single one contends, its
/// label is known; otherwise the values of all that contend are computed in double. Until the last tile,
/// labels whose values come from products are held as ~label. One warp for each row.
struct RefineInTile {
  bool last;  ///< whether this is the last tile

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const float* half, Index first,
                           MatrixView<const float> x, const RoundedVector* rows,
                           MatrixView<const float> centroids, const RoundedVector* largest, double* values,
                           Label* labels) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const Tile tile{products.row(i), half + first, products.cols};
    const double error = double{product_error(rows[i], *largest, x.cols)};
    const double low = double{tile.least(exec)};
    Nearest held{__builtin_huge_val(), no_centroid, false};
    if (first > 0) held = {values[i], labels[i] < 0 ? ~labels[i] : labels[i], labels[i] < 0};
    const double reach = Smaller{}(held.value + (held.rough ? error : 0), low + error);  // the least is below
    const auto [contenders, one] = tile.contenders(exec, reach + error);
    const bool contends = held.at != no_centroid && held.value - (held.rough ? error : 0) <= reach;
    if (contenders == 1 && !contends) {
      held = {low, static_cast<Label>(first + one), true};
    } else if (contenders > 0) {
      const auto exact = [&](Index c) { return exact_value(exec, x.row(i), centroids.row(c), x.cols); };
      if (!contends) held = {__builtin_huge_val(), no_centroid, false};
      if (held.rough) held = {exact(held.at), held.at, false};
      tile.each_contender(exec, reach + error, [&](Index j) {
        const double value = exact(first + j);
        if (value < held.value) held = {value, static_cast<Label>(first + j), false};
      });
    }
    if (warp_lane(exec) == 0) values[i] = held.value, labels[i] = held.rough && !last ? ~held.at : held.at;
  }

 private:
  struct Smaller {
    template <class T> SHOAL_HD T operator()(T a, T b) const { return b < a ? b : a; }
  };

  /// The nearest centroid so far; its value comes from a product if `rough`.
  struct Nearest {
    double value;
    Label at;
    bool rough;
  };
  struct Contenders {
    Index count, one;  ///< how many, and one of them
  };

  /// The values of a row with the centroids of a tile.
  struct Tile {
    const float *products, *half;
    Index cols;

    [[nodiscard]] SHOAL_HD float value(Index j) const { return half[j] - products[j]; }
    template <class Exec> [[nodiscard]] SHOAL_HD float least(Exec& exec) const {
      float low = __builtin_huge_valf();
      for (Index j = warp_lane(exec); j < cols; j += warp_size) low = Smaller{}(low, value(j));
      return warp_reduce(exec, low, Smaller{});
    }
    /// The bits of the centroids [base, base + 32) whose values do not exceed the limit.
    template <class Exec> [[nodiscard]] SHOAL_HD unsigned below(Exec& exec, Index base, double limit) const {
      const Index j = base + warp_lane(exec);
      return exec.ballot(j < cols && double{value(j)} <= limit);
    }
    /// The number of those, and one of them.
    template <class Exec> [[nodiscard]] SHOAL_HD Contenders contenders(Exec& exec, double limit) const {
      Contenders found{0, 0};
      for (Index base = 0; base < cols; base += warp_size)
        if (const unsigned bits = below(exec, base, limit); bits != 0)
          found = {found.count + bit_count(bits), base + lowest_bit(bits)};
      return found;
    }
    /// Calls f(j) for each of those in order, in all threads of the warp.
    template <class Exec, class F> SHOAL_HD void each_contender(Exec& exec, double limit, const F& f) const {
      for (Index base = 0; base < cols; base += warp_size)
        for (unsigned bits = below(exec, base, limit); bits != 0; bits &= bits - 1)
          f(base + lowest_bit(bits));
    }
  };

  /// ‖c‖² / 2 − x·c in double precision.
  template <class Exec>
  SHOAL_HD static double exact_value(Exec& exec, const float* x, const float* c, Index d) {
    double sum = 0;
    for (Index j = warp_lane(exec); j < d; j += warp_size)
      sum += double{c[j]} * (double{c[j]} / 2 - double{x[j]});
    return warp_reduce(exec, sum, Plus{});
  }
};

}  // namespace shoal
