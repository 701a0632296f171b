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
/// row, as NearestInTile, but by values ‖c‖² / 2 − x·c in double precision. These are computed for the
/// centroids that the products can't exclude: those whose value is less than the least so far, or than any
/// other's in the tile, given that each may be off by product_error(). So the labels are those of distances
/// in double, whatever the precision of products. One warp for each row.
struct RefineInTile {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const float* half, Index first,
                           MatrixView<const float> x, const RoundedVector* rows,
                           MatrixView<const float> centroids, const RoundedVector* largest, double* values,
                           Label* labels) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const float* row = products.row(i);
    const float error = product_error(rows[i], *largest, x.cols);
    float low = __builtin_huge_valf();
    for (Index j = warp_lane(exec); j < products.cols; j += warp_size)
      low = Smaller{}(low, half[first + j] - row[j]);
    low = warp_reduce(exec, low, Smaller{});
    double best = first == 0 ? __builtin_huge_val() : values[i];
    Label nearest = first == 0 ? no_centroid : labels[i];
    double limit = Smaller{}(best, double{low} + double{error}) + double{error};
    for (Index base = 0; base < products.cols; base += warp_size) {
      const Index j = base + warp_lane(exec);
      unsigned candidates = exec.ballot(j < products.cols && double{half[first + j] - row[j]} <= limit);
      for (; candidates != 0; candidates &= candidates - 1) {
        const Index c = first + base + lowest_bit(candidates);
        const double value = exact_value(exec, x.row(i), centroids.row(c), x.cols);
        if (value < best) best = value, nearest = static_cast<Label>(c);
        limit = Smaller{}(limit, best + double{error});
      }
    }
    if (warp_lane(exec) == 0) values[i] = best, labels[i] = nearest;
  }

 private:
  struct Smaller {
    template <class T> SHOAL_HD T operator()(T a, T b) const { return b < a ? b : a; }
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
