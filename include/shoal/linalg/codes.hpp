// Vectors rounded to bytes, which give bounds on their inner products at a fraction of the cost of a float
// product.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/core/parallel.hpp>
#include <shoal/linalg/byte_tile.hpp>
#include <shoal/simd/dot.hpp>

namespace shoal {

/// The mean of some rows, which is subtracted before they are rounded to codes; zeros if there are no rows.
inline std::vector<float> mean_of(MatrixView<const float> rows) {
  std::vector<double> sum(static_cast<std::size_t>(rows.cols), 0.0);
  for (Index i = 0; i < rows.rows; ++i)
    for (Index k = 0; k < rows.cols; ++k) sum[static_cast<std::size_t>(k)] += static_cast<double>(rows(i, k));
  std::vector<float> mean;
  for (const double total : sum)
    mean.push_back(static_cast<float>(total / static_cast<double>(std::max<Index>(rows.rows, 1))));
  return mean;
}

/// What bounds need to know of a vector z = scale · code + e besides its code. For two such vectors
///     z·z' ≤ scale scale' code·code' + length error' + error length',   length ≥ ‖z‖ + ‖e‖, error ≥ ‖e‖,
/// up to the rounding of sums of floats. Four floats, which load_records (simd/fours.hpp) reads.
struct CodeTerms {
  float scale = 0, error = 0, length = 0;
  float square = 0;  ///< ‖z‖²
};

/// An upper bound on ‖z‖ from Σ z² over d floats, which is rounded.
inline float length_above(float square, Index d) {
  return std::sqrt(square) * (1.0001f + static_cast<float>(d) * 0x1p-26f);
}

/// The largest length of those elements of z whose codes share a short sum (simd/byte_products.hpp).
inline float longest_short_sum(const float* z, Index d) {
  float longest = 0;
  for (Index first = 0; first < d; first += short_run) {
    FloatVector squares{};
    float sum[2] = {};
    Index k = first;
    const Index end = std::min(d, first + short_run);
    for (; k + vector_width <= end; k += vector_width) {
      const FloatVector v = load<FloatVector>(z + k);
      squares += v * v;
    }
    for (int l = 0; l < vector_width; ++l) sum[l / 2 % 2] += squares[l];
    for (; k < end; ++k) sum[k / 2 % 2] += z[k] * z[k];
    longest = std::max({longest, sum[0], sum[1]});
  }
  return std::sqrt(longest);
}

/// code ← z rounded to signed bytes, on a scale of its own. Codes are limited so that no sum of products
/// overflows.
inline CodeTerms round_to_bytes(const float* z, Index d, std::int8_t* code) {
  using SignedBytes = std::int8_t __attribute__((vector_size(vector_width)));
  const float top = std::min<float>(largest_code, std::floor(0x1p31f / 400.f / static_cast<float>(d)));
  const float magic = 0x1.8p23f;  // adding and subtracting it rounds to the nearest whole number
  FloatVector most{}, misses{};
  float largest = 0, missed = 0;
  Index k = 0;
  for (; k + vector_width <= d; k += vector_width) {
    const FloatVector v = load<FloatVector>(z + k);
    most = vector_max(most, vector_max(v, -v));
  }
  for (; k < d; ++k) largest = std::max(largest, std::abs(z[k]));
  largest = std::max(largest, reduce_max(most));
  const float unit = std::max(largest / top, short_sums ? longest_short_sum(z, d) / short_length : 0),
              inverse = unit > 0x1p-100f ? 1 / unit : 0;
  for (k = 0; k + vector_width <= d; k += vector_width) {
    const FloatVector v = load<FloatVector>(z + k), whole = (v * inverse + magic) - magic,
                      miss = v - whole * unit;
    misses += miss * miss;
    const SignedBytes bytes = truncate<SignedBytes>(whole);
    std::memcpy(code + k, &bytes, sizeof(bytes));
  }
  for (; k < d; ++k) {
    const float whole = std::nearbyint(z[k] * inverse), miss = z[k] - whole * unit;
    missed += miss * miss;
    code[k] = static_cast<std::int8_t>(whole);
  }
  const float square = dot(z, z, d);
  const float error = length_above(missed + reduce_sum(misses), d) + 1e-6f * largest;
  return {inverse > 0 ? unit : 0, error, length_above(square, d) + error, square};
}

#ifdef SHOAL_BYTE_PRODUCTS
/// Packs rows as panels of codes; keep(i, terms) receives the terms of each row.
template <int Width, class Keep>
void fill_panels(MatrixView<const float> z, BytePanels<Width>& panels, const Keep& keep) {
  panels = BytePanels<Width>(z.rows, z.cols);
  std::vector<std::int8_t> code(static_cast<std::size_t>(panels.depth() * 4), 0);
  for (Index i = 0; i < z.rows; ++i) {
    keep(i, round_to_bytes(z.row(i), z.cols, code.data()));
    panels.set(i, code.data());
  }
}
template <int Width> using FastestPanels = BytePanels<Width>;
inline constexpr bool panels_hold_bytes = true;  ///< FastestPanels do
/// The cost of a pass of tiles, relative to a float product and including the work on bounds (measured).
inline constexpr double fastest_cost = short_sums ? 0.4 : 0.3;
#else
template <int Width> using FastestPanels = Panels<Width>;
inline constexpr bool panels_hold_bytes = false;
inline constexpr double fastest_cost = 1.1;
#endif

/// Packs rows as panels of floats, for processors that do not multiply bytes.
template <int Width, class Keep>
void fill_panels(MatrixView<const float> z, Panels<Width>& panels, const Keep& keep) {
  panels.pack({z, false});
  for (Index i = 0; i < z.rows; ++i) {
    const float square = dot(z.row(i), z.row(i), z.cols);
    keep(i, CodeTerms{1, 0, length_above(square, z.cols), square});
  }
}

/// Codes in panels, for tiles of pairs; P is BytePanels or, for plain floats, Panels. Width: tile_rows for a
/// left factor, tile_cols for a right one.
template <template <int> class P, int Width> class CodedPanels {
 public:
  void code(MatrixView<const float> z) {
    make_room(z.rows);
    fill_panels(z, panels, [&](Index i, const CodeTerms& terms) { keep(i, terms); });
  }

  /// Packs rows of bytes that have been coded before: coded(i) gives the code and the terms of row i.
  template <class Coded> void set(Index rows, Index cols, const Coded& coded) {
    make_room(rows);
    panels = P<Width>(rows, cols);
    for (Index i = 0; i < rows; ++i) {
      const auto& [code, terms] = coded(i);
      panels.set(i, code);
      keep(i, terms);
    }
  }

  /// Packs the rows `which` of a packed left factor.
  void select(const CodedPanels& from, std::span<const std::int32_t> which) {
    make_room(std::ssize(which));
    panels.select(from.panels, which);
    for (std::size_t i = 0; i < which.size(); ++i) {
      const auto at = static_cast<std::size_t>(which[i]);
      keep(static_cast<Index>(i), {from.scale[at], from.error[at], from.length[at], from.square[at]});
    }
  }

  P<Width> panels;
  Buffer<float> scale, error, length, square;  ///< the terms of each vector, padded with zeros

 private:
  void make_room(Index rows) {
    const auto padded = static_cast<std::size_t>(block_count(rows, Width) * Width);
    for (auto* values : {&scale, &error, &length, &square}) values->assign(padded, 0.f);
  }
  void keep(Index i, const CodeTerms& terms) {
    const auto at = static_cast<std::size_t>(i);
    scale[at] = terms.scale, error[at] = terms.error, length[at] = terms.length, square[at] = terms.square;
  }
};

/// Upper bounds, up to rounding, on z·z' for row `row` of a left factor and a vector of columns from `col` on
/// of a right one; `sums` are the products of their codes.
template <template <int> class P>
FloatVector products_above(const CodedPanels<P, tile_rows>& left, Index row,
                           const CodedPanels<P, tile_cols>& right, Index col, FloatVector sums) {
  const auto at = static_cast<std::size_t>(row);
  const auto of = [&](const Buffer<float>& values) { return load<FloatVector>(values.data() + col); };
  return sums * (of(right.scale) * left.scale[at]) + of(right.error) * left.length[at] +
         of(right.length) * left.error[at];
}

}  // namespace shoal
