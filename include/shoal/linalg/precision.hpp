// How precisely products read their factors.
#pragma once

namespace shoal {

/// How the factors of products are rounded. Sums are float32 always, and so is all that is kept: rows,
/// centroids, parameters, gradients. A GPU has all four; a CPU float32 and, by shoal's own tiles, bfloat16.
enum class Precision {
  float32,   ///< not at all
  tf32,      ///< to 11 bits of mantissa, on the way into the product
  float16,   ///< to 11 bits, by a copy of 16 bits; finite values beyond ±65504 become that
  bfloat16,  ///< to 8 bits, by a copy of 16 bits
};

/// Whether factors are copied to 16 bits.
constexpr bool is_narrow(Precision p) { return p == Precision::float16 || p == Precision::bfloat16; }

constexpr const char* name_of(Precision p) {
  constexpr const char* names[] = {"float32", "tf32", "float16", "bfloat16"};
  return names[static_cast<int>(p)];
}

}  // namespace shoal
