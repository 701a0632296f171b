// Data and the oracle that the tests of this room share.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <shoal/core/random.hpp>
#include <shoal/neighbors/neighbors.hpp>

namespace neighbors_test {

using namespace shoal;

inline Matrix<float> random_rows(Index n, Index d, std::uint64_t seed = 1) {
  Matrix<float> x(n, d);
  const Philox random(seed, 0);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  return x;
}

/// The similarities of row i of a to all rows of b, in double; for Euclidean neighbours distances, negated.
inline std::vector<double> similarities(const Matrix<float>& a, Index i, const Matrix<float>& b,
                                        Similarity kind) {
  const auto dot = [&](const float* x, const float* y) {
    double s = 0;
    for (Index k = 0; k < a.cols(); ++k) s += static_cast<double>(x[k]) * static_cast<double>(y[k]);
    return s;
  };
  std::vector<double> out;
  for (Index j = 0; j < b.rows(); ++j) {
    double s = dot(a.row(i), b.row(j));
    if (kind == Similarity::euclidean) {
      s = 0;
      for (Index k = 0; k < a.cols(); ++k) {
        const double gap = static_cast<double>(a(i, k)) - static_cast<double>(b(j, k));
        s += gap * gap;
      }
      s = -std::sqrt(s);
    }
    if (kind == Similarity::cosine) s /= std::sqrt(dot(a.row(i), a.row(i)) * dot(b.row(j), b.row(j)));
    out.push_back(s);
  }
  return out;
}

/// Whether `found` are m best of the similarities, best first, up to `tolerance`; `self` must not be among
/// them.
inline bool right_neighbors(std::span<const std::int32_t> found, std::vector<double> s, Index self,
                            double tolerance) {
  std::vector<std::int32_t> distinct(found.begin(), found.end());
  std::sort(distinct.begin(), distinct.end());
  if (std::adjacent_find(distinct.begin(), distinct.end()) != distinct.end()) return false;
  const std::vector<double> of = s;
  if (self >= 0) s.erase(s.begin() + self);
  std::sort(s.rbegin(), s.rend());
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (found[k] == self || found[k] < 0 || found[k] >= static_cast<std::int32_t>(of.size())) return false;
    if (std::abs(of[static_cast<std::size_t>(found[k])] - s[k]) > tolerance) return false;
  }
  return true;
}

template <class T> bool same_bits(const Matrix<T>& a, const Matrix<T>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace neighbors_test
