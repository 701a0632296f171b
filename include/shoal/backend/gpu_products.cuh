// Matrix products on the device at a chosen precision: factors are rounded first.
#pragma once

#include <algorithm>

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/core/half.hpp>

namespace shoal {

/// The number of columns in memory of a matrix of `cols` columns, such as logits. Rows start on 16 bytes even
/// in 16 bits, because products of other rows are several times slower; further columns of factors are zeros.
inline Index padded(Index cols) { return (cols + 7) / 8 * 8; }

/// Rounds `scale` times a number to 16 bits.
struct Narrow {
  bool bfloat16;
  float scale;

  [[nodiscard]] SHOAL_HD std::uint16_t operator()(float value) const {
    const float x = scale * value;
    if (bfloat16) return float_to_bfloat16(x);
    // Finite values stay finite: only infinity is rounded to infinity.
    constexpr float most = 65504.f, infinity = __builtin_huge_valf();
    if (x > most && x < infinity) return float_to_half(most);
    if (x < -most && x > -infinity) return float_to_half(-most);
    return float_to_half(x);
  }
};

/// to ← the rounded elements of `from`. One block for each row.
struct NarrowRows {
  Narrow narrow;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> from, MatrixView<std::uint16_t> to) const {
    const Index i = exec.block();
    for (Index j = exec.thread(); j < from.cols; j += exec.threads()) to(i, j) = narrow(from(i, j));
  }
};

/// Makes factors of matrices, with memory for the 16-bit copy that a narrow precision needs.
template <class Rt> class RoundedFactor {
 public:
  /// For matrices of up to `size` elements.
  RoundedFactor(GpuStream<Rt>& stream, Precision precision, Index size)
      : stream_(stream), precision_(precision), copy_(stream, is_narrow(precision) ? size : 0) {}

  /// The matrix (a float32 factor, or one that is rounded already) as a factor, valid until the next call. A
  /// 16-bit copy holds `scale`, a power of two, times the matrix, and the factor divides by it, so that
  /// values too small for float16 keep their bits.
  [[nodiscard]] Factor operator()(const Factor& wide, float scale = 1) {
    Factor out = wide;
    out.precision = precision_;
    if (!is_narrow(precision_) || wide.precision == precision_) return out;
    const MatrixView<const float> from(static_cast<const float*>(wide.data), wide.rows, wide.cols,
                                       wide.stride);
    stream_.launch(block_per_item(wide.rows), NarrowRows{{precision_ == Precision::bfloat16, scale}}, from,
                   copy_.view(wide.rows, wide.cols));
    out.data = copy_.data(), out.stride = wide.cols, out.scale = 1 / scale;
    return out;
  }

 private:
  GpuStream<Rt>& stream_;
  Precision precision_;
  DeviceArray<Rt, std::uint16_t> copy_;
};

/// Device memory of GpuProducts, in bytes.
inline std::size_t product_bytes(Precision precision, Index size) {
  return is_narrow(precision) ? 4 * static_cast<std::size_t>(size) : 0;
}

/// Products of float32 matrices at a chosen precision.
template <class Rt> class GpuProducts {
 public:
  /// For factors of up to `size` elements.
  GpuProducts(GpuStream<Rt>& stream, Precision precision, Index size)
      : stream_(stream), left_(stream, precision, size), right_(stream, precision, size) {}

  [[nodiscard]] GpuStream<Rt>& stream() const { return stream_; }
  /// c ← op(a) op(b); `scale` applies to a as in RoundedFactor.
  void operator()(const Factor& a, const Factor& b, MatrixView<float> c, float scale = 1) {
    stream_.product(left_(a, scale), right_(b), c);
  }

 private:
  GpuStream<Rt>& stream_;
  RoundedFactor<Rt> left_, right_;
};

}  // namespace shoal
