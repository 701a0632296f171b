// Codes by rows, for bounds on single pairs.
#pragma once

#include <shoal/linalg/codes.hpp>

namespace shoal {

#ifdef SHOAL_BYTE_PRODUCTS
/// Selects elements A to D in each group of four: 0 to 3 are those of x, 4 to 7 those of y.
template <int A, int B, int C, int D> IntVector mix_fours(IntVector x, IntVector y) {
#if defined(__CUDA_ARCH__)  // nvcc reads it, nothing runs it (simd/no_vector.cuh)
  return x + y;
#elif defined(__CUDACC__)  // nvcc hands the pack below to its host compiler unexpanded
  constexpr int pick[] = {A, B, C, D};
  std::int32_t from[2 * vector_width], to[vector_width];
  std::memcpy(from, &x, sizeof(x));
  std::memcpy(from + vector_width, &y, sizeof(y));
  for (int i = 0; i < vector_width; ++i)
    to[i] = from[i / 4 * 4 + pick[i % 4] % 4 + pick[i % 4] / 4 * vector_width];
  return load_vector<IntVector>(to);
#else
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    constexpr int pick[] = {A, B, C, D};
    return __builtin_shufflevector(x, y, (I / 4 * 4 + pick[I % 4] % 4 + pick[I % 4] / 4 * vector_width)...);
  }
  (std::make_integer_sequence<int, vector_width>{});
#endif
}

/// out ← the sums of the elements of a, b, c and d.
inline void sum4(IntVector a, IntVector b, IntVector c, IntVector d, std::int32_t* out) {
  const IntVector ab = mix_fours<0, 4, 1, 5>(a, b) + mix_fours<2, 6, 3, 7>(a, b);
  const IntVector cd = mix_fours<0, 4, 1, 5>(c, d) + mix_fours<2, 6, 3, 7>(c, d);
  const IntVector all = mix_fours<0, 1, 4, 5>(ab, cd) + mix_fours<2, 3, 6, 7>(ab, cd);
  std::int32_t fours[vector_width];
  std::memcpy(fours, &all, sizeof(all));
  for (int u = 0; u < 4; ++u) {
    out[u] = fours[u];
    for (int from = u + 4; from < vector_width; from += 4) out[u] += fours[from];
  }
}
#endif

/// What the codes y of dot4_codes have more than their values, but for what it subtracts itself.
#ifdef SHOAL_BYTE_PRODUCTS
inline constexpr int pair_offset = short_sums ? 0 : byte_offset;
#else
inline constexpr int pair_offset = 0;
#endif

/// out[u] ← Σ x (y_u + pair_offset) over `count` codes, for four y_u at a time, stored as codes of a right
/// factor (byte_tile.hpp); count is a multiple of 64.
inline void dot4_codes(const std::int8_t* x, const std::int8_t* const (&y)[4], Index count,
                       std::int32_t* out) {
#ifdef SHOAL_BYTE_PRODUCTS
  constexpr Index step = 4 * vector_width;
  IntVector a{}, b{}, c{}, d{};
  for (Index k = 0; k < count;) {
    IntVector e{}, f{}, g{}, h{}, extra{};  // the sums of a run; extra: what the offset adds to each
    for (const Index end = short_sums ? std::min(count, k + short_run) : count; k < end; k += step) {
      const IntVector s = load_vector<IntVector>(x + k);
      if constexpr (short_sums) extra = dot_bytes(extra, add_byte_offset(IntVector{}), s);
      e = dot_bytes(e, load_vector<IntVector>(y[0] + k), s);
      f = dot_bytes(f, load_vector<IntVector>(y[1] + k), s);
      g = dot_bytes(g, load_vector<IntVector>(y[2] + k), s);
      h = dot_bytes(h, load_vector<IntVector>(y[3] + k), s);
    }
    const auto total = [&](IntVector sums) { return short_sums ? widen(subtract_short(sums, extra)) : sums; };
    a += total(e), b += total(f), c += total(g), d += total(h);
  }
  sum4(a, b, c, d, out);
#else
  for (int u = 0; u < 4; ++u) {
    out[u] = 0;
    for (Index k = 0; k < count; ++k) out[u] += x[k] * y[u][k];
  }
#endif
}

/// The codes of some vectors, as one of the factors of their products; several threads may store them.
class RowCodes {
 public:
  enum class Side { left, right };

  RowCodes() = default;
  RowCodes(Side side, Index rows, Index cols)
      : side_(side),
        cols_(cols),
        stride_(block_count(cols, 64) * 64),
        codes_(static_cast<std::size_t>(rows * stride_)),
        starts_(static_cast<std::size_t>(rows)),
        terms_(static_cast<std::size_t>(rows)) {}

  void set(Index i, const float* z, Index cols) {
    std::int8_t* code = codes_.data() + i * stride_;
    std::fill(code + cols, code + stride_, std::int8_t{0});
    terms_[static_cast<std::size_t>(i)] = round_to_bytes(z, cols, code);
    std::int32_t sum = 0;
    for (Index k = 0; k < cols; ++k) sum += code[k];
    starts_[static_cast<std::size_t>(i)] = -pair_offset * sum;
    if (side_ == Side::right) add_offset(code);
  }

  /// Packs the codes of vectors [first, first + count) of a left factor, without rounding them again.
  template <class Coded> void pack(Index first, Index count, Coded& out) const {
    out.set(count, cols_,
            [&](Index i) { return std::pair(code(first + i), terms_[static_cast<std::size_t>(first + i)]); });
  }

  [[nodiscard]] bool empty() const { return terms_.empty(); }
  /// Bytes held for a row.
  static Index bytes(Index cols) { return block_count(cols, 64) * 64 + Index{sizeof(CodeTerms)} + 4; }

  /// Calls f(first, count, products, squares) for runs of `count` vectors of `which` from `first` on, for
  /// vector i of this left factor and a right factor `others`. For c = which[first + k], products[k] is an
  /// upper bound on z_i·z'_c up to rounding, and squares[k] is ‖z_i‖² + ‖z'_c‖².
  template <class F>
  void each_vector(Index i, const RowCodes& others, std::span<const Label> which, const F& f) const {
    const CodeTerms& own = terms_[static_cast<std::size_t>(i)];
    std::int32_t sums[vector_width] = {};
    float scale[vector_width] = {}, error[vector_width] = {}, length[vector_width] = {},
          square[vector_width] = {};
    for (std::size_t first = 0; first < which.size(); first += vector_width) {
      const std::size_t count = std::min<std::size_t>(vector_width, which.size() - first);
      const auto at = [&](std::size_t k) {
        return static_cast<Index>(which[std::min(first + k, which.size() - 1)]);
      };
      for (std::size_t k = 0; k < count; ++k) {  // before the sums: stored by the time that they are read
        const CodeTerms& other = others.terms_[static_cast<std::size_t>(at(k))];
        scale[k] = other.scale, error[k] = other.error, length[k] = other.length, square[k] = other.square;
      }
      for (std::size_t k = 0; k < vector_width; k += 4) {
        if (k >= count) break;
        dot4_codes(
            code(i),
            {others.code(at(k)), others.code(at(k + 1)), others.code(at(k + 2)), others.code(at(k + 3))},
            stride_, sums + k);
      }
      IntVector products;
      std::memcpy(&products, sums, sizeof(products));
      f(first, count,
        to_float(products + starts_[static_cast<std::size_t>(i)]) * (load<FloatVector>(scale) * own.scale) +
            load<FloatVector>(error) * own.length + load<FloatVector>(length) * own.error,
        load<FloatVector>(square) + own.square);
    }
  }

 private:
  void add_offset([[maybe_unused]] std::int8_t* code) const {
#ifdef SHOAL_BYTE_PRODUCTS
    for (Index k = 0; k < stride_; k += 4) {
      std::uint32_t word;
      std::memcpy(&word, code + k, 4);
      word = add_byte_offset(word);
      std::memcpy(code + k, &word, 4);
    }
#endif
  }
  [[nodiscard]] const std::int8_t* code(Index i) const { return codes_.data() + i * stride_; }

  Side side_ = Side::left;
  Index cols_ = 0, stride_ = 0;  // the latter in whole cache lines
  Buffer<std::int8_t> codes_;
  Buffer<std::int32_t> starts_;  // −pair_offset times the sum of a row's codes
  Buffer<CodeTerms> terms_;
};

}  // namespace shoal
