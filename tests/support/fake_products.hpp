// Products and sorts of a GPU, done by the host: what the emulated runtime (support/fake_runtime.hpp)
// computes.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include <shoal/backend/gpu_factor.cuh>
#include <shoal/core/half.hpp>

#if __has_include(<thrust/sort.h>)
#include <thrust/system/cpp/execution_policy.h>
#if defined(_OPENMP)
#include <thrust/system/omp/execution_policy.h>
#endif

#include <shoal/backend/cuda_sort.cuh>
#endif

namespace host {

using shoal::Index;

/// A failure of the watched program's use of the runtime: a bug, not an expected error.
struct misuse : std::logic_error {
  using std::logic_error::logic_error;
};

/// To the nearest of 11 bits, ties away from zero, as the hardware converts.
inline float round_to_tf32(float x) {
  if (!std::isfinite(x)) return x;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(x) + 0x1000u) & ~0x1FFFu);
}

/// An element as a product reads it.
inline float element(const shoal::Factor& f, Index i, Index j) {
  if (f.transposed) std::swap(i, j);
  const auto at = static_cast<std::size_t>(i * f.stride + j);
  if (!shoal::is_narrow(f.precision)) {
    const float value = static_cast<const float*>(f.data)[at];
    return f.precision == shoal::Precision::tf32 ? round_to_tf32(value) : value;
  }
  const std::uint16_t stored = static_cast<const std::uint16_t*>(f.data)[at];
  return f.precision == shoal::Precision::float16 ? shoal::half_to_float(stored)
                                                  : shoal::bfloat16_to_float(stored);
}

/// c ← a b, at the precision of the factors.
inline void multiply(const shoal::Factor& a, const shoal::Factor& b, shoal::MatrixView<float> c) {
  if (a.precision != b.precision) throw misuse("factors of a product differ in precision");
  const Index inner = a.transposed ? a.rows : a.cols;
  if ((a.transposed ? a.cols : a.rows) != c.rows || (b.transposed ? b.rows : b.cols) != c.cols ||
      (b.transposed ? b.cols : b.rows) != inner)
    throw misuse("shapes of a product do not match");
  shoal::Matrix<float> left(c.rows, inner), right(c.cols, inner);
  for (Index i = 0; i < c.rows; ++i)
    for (Index k = 0; k < inner; ++k) left(i, k) = element(a, i, k);
  for (Index j = 0; j < c.cols; ++j)
    for (Index k = 0; k < inner; ++k) right(j, k) = element(b, k, j);
  for (Index i = 0; i < c.rows; ++i)
    for (Index j = 0; j < c.cols; ++j) {
      float sum = 0;
      for (Index k = 0; k < inner; ++k) sum += left(i, k) * right(j, k);
      c(i, j) = a.scale * b.scale * sum;
    }
}

/// Thrust on its host systems where it is installed: the very call that the GPU makes.
inline void sort(shoal::Label* keys, shoal::Label* values, Index count) {
#if __has_include(<thrust/sort.h>) && defined(_OPENMP)
  shoal::sort_by_key(thrust::omp::par, keys, values, count);
#elif __has_include(<thrust/sort.h>)
  shoal::sort_by_key(thrust::cpp::par, keys, values, count);
#else
  std::vector<std::pair<shoal::Label, shoal::Label> > pairs;
  for (Index i = 0; i < count; ++i) pairs.emplace_back(keys[i], values[i]);
  std::stable_sort(pairs.begin(), pairs.end(), [](auto a, auto b) { return a.first < b.first; });
  for (Index i = 0; i < count; ++i) std::tie(keys[i], values[i]) = pairs[static_cast<std::size_t>(i)];
#endif
}

}  // namespace host
