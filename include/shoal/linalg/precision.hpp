// The precision of the factors of matrix products.
#pragma once

namespace shoal {

/// How the factors of products are rounded. Sums are always float32, and so is everything that is stored:
/// rows, centroids, parameters, gradients. A GPU supports all four; a CPU supports float32 and, by shoal's
/// own tiles, bfloat16.
enum class Precision {
  float32,   ///< not at all
  tf32,      ///< to 11 bits of mantissa, by the device while it multiplies
  float16,   ///< to 11 bits, in a 16-bit copy; finite values beyond ±65504 become ±65504
  bfloat16,  ///< to 8 bits, in a 16-bit copy
};

/// Whether factors are copied to 16 bits.
constexpr bool is_narrow(Precision p) { return p == Precision::float16 || p == Precision::bfloat16; }

constexpr const char* name_of(Precision p) {
  constexpr const char* names[] = {"float32", "tf32", "float16", "bfloat16"};
  return names[static_cast<int>(p)];
}

}  // namespace shoal
