// Codes by rows, for bounds on single pairs.
#pragma once

#include <shoal/linalg/codes.hpp>
#include <shoal/simd/fours.hpp>

namespace shoal {

/// What the codes y of dot4_codes have more than their values, but for what it subtracts itself.
#ifdef SHOAL_BYTE_PRODUCTS
inline constexpr int pair_offset = short_sums ? 0 : byte_offset;
#else
inline constexpr int pair_offset = 0;
#endif

/// Σ x (y_u + pair_offset) over `count` codes, for four y_u at a time, stored as codes of a right factor
/// (byte_tile.hpp); count is a multiple of 64.
inline Four dot4_codes(const std::int8_t* x, const std::int8_t* const (&y)[4], Index count) {
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
  return sum4(a, b, c, d);
#else
  std::int32_t sums[4] = {};
  for (int u = 0; u < 4; ++u)
    for (Index k = 0; k < count; ++k) sums[u] += x[k] * y[u][k];
  Four out;
  std::memcpy(&out, sums, sizeof(out));
  return out;
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
    const IntVector start = starts_[static_cast<std::size_t>(i)] + IntVector{};
    for (std::size_t first = 0; first < which.size(); first += vector_width) {
      const std::size_t count = std::min<std::size_t>(vector_width, which.size() - first);
      Index at[vector_width];  // the last of them again where there are no more
      for (std::size_t k = 0; k < vector_width; ++k)
        at[k] = static_cast<Index>(which[first + std::min(k, count - 1)]);
      FloatVector terms[4];
      load_records([&](int k) { return &others.terms_[static_cast<std::size_t>(at[k])]; }, terms);
      const auto& [scale, error, length, square] = terms;
      const IntVector sums = join_fours([&](int g) {
        const Index* four = at + 4 * g;
        if (static_cast<std::size_t>(4 * g) >= count) return Four{};
        return dot4_codes(
            this->code(i),
            {others.code(four[0]), others.code(four[1]), others.code(four[2]), others.code(four[3])},
            stride_);
      });
      f(first, count, to_float(sums + start) * (scale * own.scale) + error * own.length + length * own.error,
        square + own.square);
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
