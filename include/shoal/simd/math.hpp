// exp, log and sqrt in single precision, by the same operations for a vector and for a float. (The compiler
// may fuse different ones, so that the two may differ in the last place.) Error bounds are tested against
// double precision over the whole range (tests/simd/math_test.cpp).
#pragma once

#include <shoal/simd/vector.hpp>

namespace shoal {

/// x y, rounded. Where a compiler fuses a product with the subtraction of an equal one, their difference is
/// the rounding error and not zero.
template <class F> SHOAL_HD inline F rounded_product(F x, F y) {
  F product = x * y;
#if defined(__CUDA_ARCH__)
#elif defined(__x86_64__)
  asm("" : "+v"(product));
#elif defined(__aarch64__)
  asm("" : "+w"(product));
#endif
  return product;
}
#if defined(__CUDA_ARCH__)
SHOAL_HD inline float rounded_product(float x, float y) { return __fmul_rn(x, y); }
#endif

/// e^x. Within 2 ulp for x in [-87.3, 88.7]; 0 below -87.3 (no subnormals), +inf above 88.7. NaN gives NaN.
/// x = k ln 2 + r with |r| ≤ ln 2 / 2, then 2^k times the Taylor polynomial of degree 7 of e^r.
template <class F> SHOAL_HD inline F exp(F x) {
  const F low = broadcast<F>(-87.33654f), high = broadcast<F>(88.72283f);
  const F magic = broadcast<F>(12582912.f);  // 1.5 * 2^23: adding it rounds to an integer
  const F inside = vector_min(vector_max(x, low), high);
  const F shifted = inside * 1.44269504f + magic, k = shifted - magic;
  F r = inside - k * 0.693359375f;
  r = r - k * -2.12194440e-4f;
  F p = broadcast<F>(1.f / 5040);
  p = p * r + 1.f / 720;
  p = p * r + 1.f / 120;
  p = p * r + 1.f / 24;
  p = p * r + 1.f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.f;
  p = p * r + 1.f;
  // Times 2^k by adding k, the lowest bits of `shifted`, to the exponent: r < 0 where k = 128 and r > 0 where
  // k = -126, so that the result is normal.
  const F y = from_bits(to_bits(p) + (to_bits(shifted) << 23));
  const F clipped = x < low ? F{} : y;
  return x <= high ? clipped : x + __builtin_huge_valf();
}
#if defined(__CUDA_ARCH__)
/// On a GPU, its own exponential, which has a unit for powers of two; within 2 ulp as well.
SHOAL_HD inline float exp(float x) { return ::expf(x); }
#endif

/// The natural logarithm. Within 2 ulp for positive normal x; −inf for 0 and subnormals, NaN for x < 0, +inf
/// for +inf. x = 2^k m with m in [√½, √2), then log m by the odd series in s = (m−1)/(m+1): 2 (s + s³/3 +
/// s⁵/5 + …).
template <class F> SHOAL_HD inline F log(F x) {
  const F smallest = broadcast<F>(1.17549435e-38f), infinity = broadcast<F>(__builtin_huge_valf());
  const int_of<F> bits = to_bits(x);
  const int_of<F> k = (bits - 0x3F3504F3) >> 23;
  const F m = from_bits(bits - (k << 23));
  const F f = m - 1.f;
  const F s = f / (m + 1.f);
  const F z = s * s;
  F p = broadcast<F>(2.f / 9);
  p = p * z + 2.f / 7;
  p = p * z + 2.f / 5;
  p = p * z + 2.f / 3;
  // log(1+f) = f − f²/2 + s (f²/2 + z p): keeps the leading term exact.
  const F square = f * f * 0.5f;
  const F kf = to_float(k);
  const F y = kf * 0.693359375f + (f - (square - (s * (square + z * p) + kf * -2.12194440e-4f)));
  const F finite = x < smallest ? -infinity : y;
  const F positive = x < F{} ? infinity - infinity : finite;
  return x == infinity ? x : (x != x ? x : positive);
}

/// √x within 2 ulp for normal x ≥ 0; 0 for 0, and less than 1e-18 for subnormals. Computed from 1/√x, by a
/// guess on the bits and three Newton steps, so that it needs neither a compiler flag nor a special
/// instruction.
template <class F> SHOAL_HD inline F sqrt(F x) {
  F y = from_bits(0x5F375A86 - (to_bits(x) >> 1));
  const F half = x * 0.5f;
  y = y * (1.5f - half * y * y);
  y = y * (1.5f - half * y * y);
  y = y * (1.5f - half * y * y);
  const F root = x * y;
  return root + (x - root * root) * y * 0.5f;
}

}  // namespace shoal
