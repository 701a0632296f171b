// The Gaussian error linear unit and its derivative, in the exact (erf) form, for a vector or a float.
#pragma once

#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// The value y = x Φ(x) and the derivative dy/dx = Φ(x) + x φ(x), where Φ and φ are the standard normal
/// distribution and density.
template <class F> struct Gelu {
  F value;
  F derivative;
};

/// Computes value and derivative with one exponential and one division (Hendrycks and Gimpel 2016). The tail
/// Φ(−|x|) is φ(x) √2π times a polynomial of degree 7 in 1/(1 + 0.325 |x|), with an error of 5e-9 before
/// rounding. The results are within 3e-7 of double precision, absolutely for |x| ≤ 1 and relative to |x|
/// beyond (tests/heads/gelu_test.cpp).
template <class F> SHOAL_HD Gelu<F> gelu(F x) {
  const F size = vector_max(x, -x);
  const F t = 1.f / (size * 0.325f + 1.f);
  F p = broadcast<F>(0.0460131463f);
  p = p * t - 0.232241662f;
  p = p * t + 0.371839178f;
  p = p * t - 0.129086887f;
  p = p * t + 0.200296764f;
  p = p * t + 0.111954671f;
  p = p * t + 0.131224782f;
  const F bell = exp(x * x * -0.5f);
  const F tail = p * t * bell;
  const F below = x > F{} ? 1.f - tail : tail;
  return {x * below, below + x * bell * 0.398942280f};
}

/// u ← gelu(u + bias) for one member's entries of a row; also writes the derivative if the pointer is not
/// null.
template <class F> SHOAL_HD void add_bias_gelu(At<F> k, const float* bias, float* u, float* derivative) {
  const Gelu<F> y = gelu(k.load(u) + k.load(bias));
  k.store(u, y.value);
  if (derivative != nullptr) k.store(derivative, y.derivative);
}

}  // namespace shoal
