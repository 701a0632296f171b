// A register tile of products of 8-bit rows, for processors that multiply four pairs of bytes at once: four
// times the speed of floats. Defined only where the target has the instruction (SHOAL_BYTE_TILE); callers
// keep a float path.
#pragma once

#include <utility>

#include <shoal/linalg/tile.hpp>

#if defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && !defined(__AVX512F__))
#define SHOAL_BYTE_TILE 1

namespace shoal {

/// Adds, in each 32-bit element of sum, the four products of the unsigned bytes of u and the signed bytes of
/// s.
inline IntVector dot_bytes(IntVector sum, IntVector u, IntVector s) {
#if defined(__CUDA_ARCH__)  // nvcc reads it, nothing runs it (simd/no_vector.cuh)
  return sum + u + s;
#elif defined(__AVX512VNNI__) && __has_builtin(__builtin_ia32_vpdpbusd512)  // clang++'s name
  return __builtin_ia32_vpdpbusd512(sum, u, s);
#elif defined(__AVX512VNNI__)
  return __builtin_ia32_vpdpbusd_v16si(sum, u, s);
#elif __has_builtin(__builtin_ia32_vpdpbusd256)
  return __builtin_ia32_vpdpbusd256(sum, u, s);
#else
  return __builtin_ia32_vpdpbusd_v8si(sum, u, s);
#endif
}

/// tile_rows × tile_cols inner products of codes.
struct ByteTile {
  IntVector value[tile_rows][tile_vectors];
};

/// Rows of codes, signed bytes, cut into panels of `Width` rows: word (i, k), which holds codes 4k to 4k + 3
/// of row i, is panel(i / Width)[k * Width + i % Width]. The rest of the last panel and of the last word is
/// zero. A right factor's bytes are stored as code + 128; the sum of a left row's codes takes the 128 out
/// again.
template <int Width> class BytePanels {
 public:
  static constexpr bool is_right = Width != tile_rows;
  using Product = ByteTile;  ///< the product of two panels

  BytePanels() = default;
  BytePanels(Index rows, Index cols)
      : depth_((cols + 3) / 4),
        panels_((rows + Width - 1) / Width),
        words_(static_cast<std::size_t>(panels_ * depth_ * Width), 0),
        starts_(static_cast<std::size_t>(is_right ? 0 : panels_ * Width), 0) {}

  /// Packs row i: `codes` holds depth() * 4 bytes, of which those beyond the columns are zero.
  void set(Index i, const std::int8_t* codes) {
    std::int32_t* to = words_.data() + i / Width * depth_ * Width + i % Width;
    std::uint32_t word;
    for (Index k = 0; k < depth_; ++k) {
      std::memcpy(&word, codes + 4 * k, 4);
      if (is_right) word ^= 0x80808080;  // adds 128 to each byte
      std::memcpy(to + k * Width, &word, 4);
    }
    std::int32_t sum = 0;
    for (Index k = 0; k < 4 * depth_; ++k) sum += codes[k];
    if constexpr (!is_right) starts_[static_cast<std::size_t>(i)] = -128 * sum;
  }

  [[nodiscard]] Index count() const { return panels_; }
  [[nodiscard]] Index depth() const { return depth_; }
  [[nodiscard]] const std::int32_t* panel(Index i) const { return words_.data() + i * depth_ * Width; }
  /// The values from which the sums of panel i's rows start.
  [[nodiscard]] const std::int32_t* starts(Index i) const { return starts_.data() + i * Width; }

 private:
  Index depth_ = 0, panels_ = 0;
  Buffer<std::int32_t> words_, starts_;
};

/// out ← the product of panel i of left and panel j of right.
inline void multiply_tile(const BytePanels<tile_rows>& left, Index i, const BytePanels<tile_cols>& right,
                          Index j, ByteTile& out) {
  const std::int32_t* start = left.starts(i);
  for (int r = 0; r < tile_rows; ++r)
    for (int l = 0; l < tile_vectors; ++l) out.value[r][l] = start[r] - IntVector{};
  sum_tile<IntVector>(left.panel(i), right.panel(j), left.depth(), out.value,
                      [](IntVector sum, IntVector s, IntVector u) { return dot_bytes(sum, u, s); });
}

/// SIMD vector j of row i of a tile, as floats.
inline FloatVector vector_at(const ByteTile& tile, int i, int j) { return to_float(tile.value[i][j]); }

}  // namespace shoal
#endif
