// Register tiles, of which every product consists, and the packing of factors for them. A tile is handed to
// its consumer while it is still in cache, so that an argmin, a running top-m or a loss never needs the whole
// product in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include <shoal/linalg/operand.hpp>
#include <shoal/simd/vector.hpp>

namespace shoal {

// The accumulators of a tile fill the registers of the target, except for those that hold the factors.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int tile_rows = 12, tile_vectors = 2;  // 24 of 32 registers
#elif defined(__AVX__)
inline constexpr int tile_rows = 4, tile_vectors = 3;  // 12 of 16
#else
inline constexpr int tile_rows = 4,
                     tile_vectors = 2;  // 8 of 16: without fused multiply-add products need registers too
#endif
inline constexpr int tile_cols = tile_vectors * vector_width;

/// tile_rows × tile_cols sums of a product.
struct Tile {
  FloatVector value[tile_rows][tile_vectors];
};

/// out ← panels of the rows `which` of other panels, whose last panel is filled up with the last of them.
template <int Width, class Word>
void select_rows(const Word* panels, Index depth, std::span<const std::int32_t> which, Word* out) {
  for (std::size_t first = 0; first < which.size(); first += Width) {
    const Word* from[Width];
    for (std::size_t r = 0; r < Width; ++r) {
      const Index i = which[std::min(first + r, which.size() - 1)];
      from[r] = panels + i / Width * depth * Width + i % Width;
    }
    for (Index k = 0; k < depth; ++k, out += Width)
      for (int r = 0; r < Width; ++r) out[r] = from[r][k * Width];
  }
}

/// A factor cut into panels of `Width` rows (or, for a right factor, columns). In a panel the elements of one
/// step along the inner dimension lie side by side: element (i, k) is panel(i / Width)[k * Width + i %
/// Width]. The last panel is filled up with zeros. Reuse the object to pack a repeated factor only once.
template <int Width> class Panels {
 public:
  static_assert(Width % 4 == 0);
  using Product = Tile;  ///< the product of two panels

  /// Packs a factor [rows × inner dimension], whose rows become the entries of panels.
  [[gnu::noinline]] void pack(Operand factor) {
    rows_ = factor.row_count();
    depth_ = factor.col_count();
    values_.resize(static_cast<std::size_t>(count() * depth_ * Width));
    if (factor.transposed)
      copy_rows(factor.matrix);
    else
      for (Index i = 0; i < count(); ++i)
        transpose(factor.matrix.block(i * Width, std::min<Index>(Width, rows_ - i * Width)),
                  values_.data() + i * depth_ * Width);
  }

  /// Packs the rows `which` of packed ones.
  void select(const Panels& from, std::span<const std::int32_t> which) {
    rows_ = std::ssize(which);
    depth_ = from.depth_;
    values_.resize(static_cast<std::size_t>(count() * depth_ * Width));
    select_rows<Width>(from.values_.data(), depth_, which, values_.data());
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index depth() const { return depth_; }
  [[nodiscard]] Index count() const { return (rows_ + Width - 1) / Width; }
  [[nodiscard]] const float* panel(Index i) const { return values_.data() + i * depth_ * Width; }

  /// Replaces each vector x of the panels by f(x).
  template <class Map> void replace(Map f) {
    Index i = 0;
    const auto size = static_cast<Index>(values_.size());
    const auto part = [&](Index count) {
      FloatVector x{};
      std::memcpy(&x, values_.data() + i, static_cast<std::size_t>(count) * sizeof(float));
      x = f(x);
      std::memcpy(values_.data() + i, &x, static_cast<std::size_t>(count) * sizeof(float));
    };
    for (; i + vector_width <= size; i += vector_width) part(vector_width);
    if (i < size) part(size - i);
  }

 private:
  /// From the transposed factor [inner dimension × rows]: each of its rows goes piece by piece to all panels.
  void copy_rows(MatrixView<const float> m) {
    const Index whole = rows_ / Width, rest = rows_ % Width;
    for (Index k = 0; k < depth_; ++k) {
      const float* from = m.row(k);
      prefetch_row(m, k + 8);
      float* out = values_.data() + k * Width;
      for (Index i = 0; i < whole; ++i, from += Width, out += depth_ * Width)
        std::memcpy(out, from, Width * sizeof(float));  // a copy of fixed size needs no call
      if (rest > 0) std::fill(std::copy_n(from, rest, out), out + Width, 0.f);
    }
  }

  /// One panel from the strip [height × inner dimension], a cache line of each row at a time.
  void transpose(MatrixView<const float> m, float* out) const {
    if (m.rows < Width) std::fill(out, out + depth_ * Width, 0.f);
    const Index quads = m.rows / 4 * 4, whole = depth_ / 4 * 4;
    constexpr Index line = 16;
    for (Index first = 0; first < whole; first += line)
      for (Index i = 0; i < quads; i += 4)
        for (Index k = first; k < std::min(first + line, whole); k += 4)
          transpose4(m.row(i) + k, m.stride, out + k * Width + i);
    for (Index i = 0; i < m.rows; ++i)
      for (Index k = i < quads ? whole : 0; k < depth_; ++k) out[k * Width + i] = m(i, k);
  }

  /// Four rows of four elements, `stride` apart, to four columns, `Width` apart.
  static void transpose4(const float* in, Index stride, float* out) {
    using Quad = float __attribute__((vector_size(16)));
    const auto get = [](const float* from) {
      Quad v;
      std::memcpy(&v, from, sizeof(v));
      return v;
    };
    const auto put = [](float* to, Quad v) { std::memcpy(to, &v, sizeof(v)); };
    const Quad a = get(in), b = get(in + stride), c = get(in + 2 * stride), d = get(in + 3 * stride);
    const Quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Quad AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    put(out, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
    put(out + Width, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
    put(out + 2 * Width, __builtin_shufflevector(AB, CD, 0, 1, 4, 5));
    put(out + 3 * Width, __builtin_shufflevector(AB, CD, 2, 3, 6, 7));
  }

  Buffer<float> values_;
  Index rows_ = 0, depth_ = 0;
};

using LeftPanels = Panels<tile_rows>;
using RightPanels = Panels<tile_cols>;

/// A vector of any element type, without any demand on alignment.
template <class Vector> inline Vector load_vector(const void* from) {
  Vector v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

/// The loops of every kind of tile: out ← start, then out[i][j] ← add(out[i][j], x, y) for each step k along
/// two panels of words, where x is the word of row i in every element and y is vector j of the right panel.
/// The rows are the first of the left panel from `left` on. Each sum runs over k in order, so that its bits
/// depend on its own row and column only.
template <class Vector, class Sum, class Word, std::size_t Rows, class Add>
[[gnu::flatten]] inline void sum_tile(const Word* left, const Word* right, Index depth,
                                      Sum (&out)[Rows][tile_vectors], const Add& add) {
  Sum sum[Rows][tile_vectors];  // local to this function, so that they stay in registers
  std::memcpy(sum, out, sizeof(sum));
  for (Index k = 0; k < depth; ++k, left += tile_rows, right += tile_cols) {
    // Folds rather than loops, and flattened: every compiler unrolls them in one function at every level of
    // optimisation, for the same reason.
    [&]<std::size_t... J>(std::index_sequence<J...>) {
      const Vector y[] = {in_register(load_vector<Vector>(right + J * vector_width))...};
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto step = [&](Sum(&row)[tile_vectors], Vector x) { ((row[J] = add(row[J], x, y[J])), ...); };
        (step(sum[I], left[I] - Vector{}), ...);
      }
      (std::make_index_sequence<Rows>{});
    }
    (std::make_index_sequence<tile_vectors>{});
  }
  std::memcpy(out, sum, sizeof(sum));
}

/// One step of a product of floats: fused where the compiler fuses it.
struct MultiplyAdd {
  FloatVector operator()(FloatVector sum, FloatVector x, FloatVector y) const { return sum + x * y; }
};

/// out ← the product of two panels.
inline void multiply_tile(const float* left, const float* right, Index depth, Tile& out) {
  out = {};
  sum_tile<FloatVector>(left, right, depth, out.value, MultiplyAdd());
}

/// Σ x y, with the bits that it has as an element of a tile: it is computed as one.
inline float dot_in_tile(const float* x, const float* y, Index depth) {
  constexpr Index step = 32;
  float left[step * tile_rows] = {}, right[step * tile_cols] = {};
  FloatVector sum[1][tile_vectors] = {};
  for (Index k = 0; k < depth; k += step) {
    const Index count = std::min(step, depth - k);
    for (Index u = 0; u < count; ++u) {
      left[u * tile_rows] = x[k + u];
      right[u * tile_cols] = y[k + u];
    }
    sum_tile<FloatVector>(left, right, count, sum, MultiplyAdd());
  }
  return sum[0][0][0];
}

/// out ← the product of panel i of left and panel j of right.
template <template <int> class P>
void multiply_tile(const P<tile_rows>& left, Index i, const P<tile_cols>& right, Index j,
                   typename P<tile_rows>::Product& out) {
  multiply_tile(left.panel(i), right.panel(j), left.depth(), out);
}
/// SIMD vector j of row i of a tile.
inline FloatVector vector_at(const Tile& tile, int i, int j) { return tile.value[i][j]; }

/// Calls sink(row, col, tile) for every tile of left × rightᵀ, whose first element is (row, col). Tiles at
/// the edges are filled up with zeros. A left block of some hundred rows stays in the second-level cache
/// while all panels of the right factor are read. P is Panels or another kind of panels that has a Product
/// and a multiply_tile.
template <template <int> class P, class Sink>
void each_tile(const P<tile_rows>& left, const P<tile_cols>& right, Sink&& sink) {
  typename P<tile_rows>::Product tile;
  for (Index j = 0; j < right.count(); ++j)
    for (Index i = 0; i < left.count(); ++i) {
      multiply_tile(left, i, right, j, tile);
      sink(i * tile_rows, j * tile_cols, tile);
    }
}

}  // namespace shoal
