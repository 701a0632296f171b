// A register tile of products of bfloat16 factors, summed in float32: twice the speed of float32 where the
// processor multiplies pairs of bfloat16 (AVX-512 BF16). Elsewhere vectors of floats give the same sums in
// 1.4 times the time of float32, so that packed factors are rounded floats there (packed_factor.hpp).
#pragma once

#include <utility>

#include <shoal/linalg/tile.hpp>
#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

namespace shoal {

/// Whether the target multiplies pairs of bfloat16 by an instruction.
#if defined(__AVX512BF16__) && !defined(__CUDA_ARCH__)
inline constexpr bool multiplies_bfloat16 = true;
#else
inline constexpr bool multiplies_bfloat16 = false;
#endif

/// Each element rounded to the nearest bfloat16, ties to even: the upper 16 of its 32 bits, the lower ones
/// zero. Subnormal numbers become zero, as the processor's instruction treats them; NaN stays NaN.
inline IntVector round_to_bfloat16(FloatVector x) {
#if defined(__AVX512BF16__) && !defined(__CUDA_ARCH__)
  using Halves = std::uint16_t __attribute__((vector_size(32)));
  return __builtin_convertvector((Halves)_mm512_cvtneps_pbh((__m512)x), IntVector) << 16;
#else
  const IntVector bits = to_bits(x), nan = IntVector{} + 0x7FC00000;
  const IntVector number = x == x ? bits : nan;
  const IntVector rounded = (number + ((number >> 16 & 1) + 0x7FFF)) & ~0xFFFF;
  return (number & 0x7F800000) != 0 ? rounded : IntVector{};
#endif
}

/// sum + the products of the two elements in each 32 bits: the upper ones first, then the lower ones. The
/// products are exact and each addition rounds once.
inline FloatVector add_pairs_by_floats(FloatVector sum, IntVector x, IntVector y) {
  sum += from_bits(x & ~0xFFFF) * from_bits(y & ~0xFFFF);
  return sum + from_bits(x << 16) * from_bits(y << 16);
}

/// The same by the processor's instruction, if it has one. The instruction treats sums below 2^-126 as zero;
/// otherwise both give the same bits.
inline FloatVector add_pairs(FloatVector sum, IntVector x, IntVector y) {
#if defined(__AVX512BF16__) && !defined(__CUDA_ARCH__)
  return (FloatVector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)y);
#else
  return add_pairs_by_floats(sum, x, y);
#endif
}

/// A factor rounded to bfloat16 and cut into panels of `Width` rows, as Panels of tile.hpp, but with two
/// steps along the inner dimension in each 32 bits: elements (i, 2k) and (i, 2k + 1) are the lower and the
/// upper half of panel(i / Width)[k * Width + i % Width]. Entries beyond the factor are zero.
template <int Width> class Bfloat16Panels {
 public:
  static_assert(Width % 4 == 0);
  using Product = Tile;  ///< the product of two panels

  /// Packs a factor [rows × inner dimension], whose rows become the entries of panels.
  void pack(Operand factor) {
    rows_ = factor.row_count();
    depth_ = (factor.col_count() + 1) / 2;
    words_.resize(static_cast<std::size_t>(count() * depth_ * Width));
    if (factor.transposed)
      join_rows(factor.matrix);
    else
      for (Index i = 0; i < count(); ++i)
        join_columns(factor.matrix.block(i * Width, std::min<Index>(Width, rows_ - i * Width)),
                     words_.data() + i * depth_ * Width);
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index depth() const { return depth_; }  ///< words along the inner dimension
  [[nodiscard]] Index count() const { return (rows_ + Width - 1) / Width; }
  [[nodiscard]] const std::int32_t* panel(Index i) const { return words_.data() + i * depth_ * Width; }

 private:
  using Quad = std::int32_t __attribute__((vector_size(16)));
  using Pairs = std::int64_t __attribute__((vector_size(vector_width * sizeof(float))));

  /// The words of two vectors of elements, the one `low` and the other `high`.
  static IntVector join(FloatVector low, FloatVector high) {
    return (round_to_bfloat16(low) >> 16 & 0xFFFF) | round_to_bfloat16(high);
  }
  /// `count` elements, the rest of the vector zero.
  static FloatVector load_part(const float* from, Index count) {
#if defined(__AVX512BF16__) && !defined(__CUDA_ARCH__)  // a copy would wait for its own bytes
    return (FloatVector)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
#else
    FloatVector x{};
    std::memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(float));
    return x;
#endif
  }

  /// From the transposed factor [inner dimension × rows]: two of its rows make a row of words, which goes
  /// piece by piece to all panels.
  void join_rows(MatrixView<const float> m) {
    constexpr Index rest = Width % vector_width;
    const Index whole = rows_ / Width;
    for (Index k = 0; k < depth_; ++k) {
      const float *low = m.row(2 * k), *high = 2 * k + 1 < m.rows ? m.row(2 * k + 1) : nullptr;
      const auto part = [&](Index i, std::int32_t* out, Index count) {
        const IntVector words =
            join(load_part(low + i, count), high != nullptr ? load_part(high + i, count) : FloatVector{});
        std::memcpy(out, &words, static_cast<std::size_t>(count) * sizeof(std::int32_t));
      };
      prefetch_row(m, 2 * k + 8), prefetch_row(m, 2 * k + 9);
      std::int32_t* out = words_.data() + k * Width;
      for (Index i = 0; i < whole; ++i, out += depth_ * Width) {
        for (Index j = 0; j + vector_width <= Width; j += vector_width)
          part(i * Width + j, out + j, vector_width);
        if constexpr (rest > 0) part(i * Width + Width - rest, out + Width - rest, rest);
      }
      if (whole == count()) continue;
      std::fill_n(out, Width, 0);
      for (Index i = whole * Width; i < rows_; i += vector_width)
        part(i, out + i - whole * Width, std::min<Index>(vector_width, rows_ - i));
    }
  }

  /// One panel from the strip [height × inner dimension]: neighbours in a row make a word of a column.
  void join_columns(MatrixView<const float> m, std::int32_t* out) const {
    if (m.rows < Width) std::fill(out, out + depth_ * Width, 0);
    for (Index j = 0; j < m.cols; j += vector_width)
      for (Index i = 0; i < m.rows; i += 4)
        join_block(m, i, std::min<Index>(4, m.rows - i), j, std::min<Index>(vector_width, m.cols - j), out);
  }

  /// The words of up to four rows and a vector of columns from (i, j) on.
  static void join_block(MatrixView<const float> m, Index i, Index rows, Index j, Index cols,
                         std::int32_t* out) {
    std::int32_t word[4][vector_width] = {};  // those at even places are used
    for (Index r = 0; r < rows; ++r) {
      const float* from = m.row(i + r) + j;
      const IntVector x =
          round_to_bfloat16(cols == vector_width ? load<FloatVector>(from) : load_part(from, cols));
      Pairs words;
      std::memcpy(&words, &x, sizeof(x));
      words = (words >> 16 & 0xFFFF) | (words >> 32 & 0xFFFF0000);
      std::memcpy(word[r], &words, sizeof(words));
    }
    std::int32_t* to = out + j / 2 * Width + i;
    const auto get = [&](Index r, Index k) {
      Quad v;
      std::memcpy(&v, word[r] + k, sizeof(v));
      return v;
    };
    for (Index k = 0; k < cols; k += 4) {
      const Quad ab = __builtin_shufflevector(get(0, k), get(1, k), 0, 2, 4, 6);
      const Quad cd = __builtin_shufflevector(get(2, k), get(3, k), 0, 2, 4, 6);
      const Quad first = __builtin_shufflevector(ab, cd, 0, 2, 4, 6);
      const Quad second = __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
      std::memcpy(to, &first, sizeof(first));
      if (k + 2 < cols) std::memcpy(to + Width, &second, sizeof(second));
      to += 2 * Width;
    }
  }

  Buffer<std::int32_t> words_;
  Index rows_ = 0, depth_ = 0;
};

/// out ← the product of two panels, as multiply_tile of tile.hpp.
inline void multiply_tile(const std::int32_t* left, const std::int32_t* right, Index depth, Tile& out) {
  out = {};
  sum_tile<IntVector>(left, right, depth, out.value,
                      [](FloatVector sum, IntVector x, IntVector y) { return add_pairs(sum, x, y); });
}

}  // namespace shoal
