// Data and the oracle that the tests of this room share.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
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

/// How far off double precision may leave each of those similarities: d products are rounded and summed. For
/// inner products what counts is the sum of their magnitudes, for distances, whose terms are all positive,
/// the distance itself, for cosines the length, which is one.
inline std::vector<double> roundings(const Matrix<float>& a, Index i, const Matrix<float>& b,
                                     Similarity kind) {
  std::vector<double> out = similarities(a, i, b, kind);
  const double epsilon = std::numeric_limits<double>::epsilon() * static_cast<double>(a.cols() + 4);
  for (Index j = 0; j < b.rows(); ++j) {
    double& size = out[static_cast<std::size_t>(j)];
    if (kind == Similarity::cosine) size = 1;
    if (kind == Similarity::euclidean) size = -size;
    if (kind == Similarity::inner_product) {
      size = 0;
      for (Index k = 0; k < a.cols(); ++k)
        size += std::abs(static_cast<double>(a(i, k)) * static_cast<double>(b(j, k)));
    }
    size *= epsilon;
  }
  return out;
}

/// Whether `found` are m best of the similarities, best first, each up to its own rounding and that of the
/// row that stands there by right; `self` must not be among them.
inline bool right_neighbors(std::span<const std::int32_t> found, const std::vector<double>& s, Index self,
                            const std::vector<double>& rounding) {
  std::vector<std::size_t> order;
  for (std::size_t j = 0; j < s.size(); ++j)
    if (static_cast<Index>(j) != self) order.push_back(j);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return s[a] > s[b]; });
  std::vector<bool> seen(s.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (found[k] == self || found[k] < 0 || found[k] >= static_cast<std::int32_t>(s.size())) return false;
    const auto id = static_cast<std::size_t>(found[k]), right = order[k];
    if (seen[id] || std::abs(s[id] - s[right]) > rounding[id] + rounding[right]) return false;
    seen[id] = true;
  }
  return true;
}

/// The same with one `tolerance` for all.
inline bool right_neighbors(std::span<const std::int32_t> found, const std::vector<double>& s, Index self,
                            double tolerance) {
  return right_neighbors(found, s, self, std::vector<double>(s.size(), tolerance / 2));
}

template <class T> bool same_bits(const Matrix<T>& a, const Matrix<T>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace neighbors_test
