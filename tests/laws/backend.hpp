// The laws of a backend.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/backend.hpp>
#include <shoal/core/random.hpp>

namespace laws {

/// c ← a bᵀ, each element within the rounding of a sum of K products of magnitude at most 1.
template <class B>
shoal::Matrix<float> product_is_right(const B& backend, shoal::Index rows, shoal::Index cols,
                                      shoal::Index depth) {
  using shoal::Index;
  const auto random = [](Index r, Index c, std::uint64_t stream) {
    shoal::Matrix<float> m(r, c);
    for (Index i = 0; i < m.size(); ++i)
      m.data()[i] =
          static_cast<float>(2 * shoal::Philox(9, stream).uniform(static_cast<std::uint64_t>(i)) - 1);
    return m;
  };
  const shoal::Matrix<float> a = random(rows, depth, 1), b = random(cols, depth, 2);
  shoal::Matrix<float> c(rows, cols, std::numeric_limits<float>::quiet_NaN());
  backend.product(a, b, c);
  const double bound = static_cast<double>(depth + 1) * static_cast<double>(depth) * 0x1p-24;
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j) {
      double sum = 0;
      for (Index k = 0; k < depth; ++k) sum += static_cast<double>(a(i, k)) * static_cast<double>(b(j, k));
      CHECK(std::abs(static_cast<double>(c(i, j)) - sum) <= bound);
    }
  return c;
}

/// `make(threads)` gives a backend: all of them compute the same bits.
template <class Make> void obeys_backend(Make&& make) {
  using shoal::Index;
  for (const Index n : {0, 1, 1000, 5000}) {
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n));
    make(3).each_row(n, [&](Index i) { ++calls[static_cast<std::size_t>(i)]; });
    for (const auto& c : calls) CHECK(c == 1);
  }
  for (const auto& [rows, cols, depth] :
       {std::array<Index, 3>{1, 1, 1}, {3, 70, 5}, {40, 33, 700}, {300, 600, 7}, {0, 4, 4}, {4, 4, 0}}) {
    const shoal::Matrix<float> one = product_is_right(make(1), rows, cols, depth);
    for (const int threads : {2, 7}) {
      const shoal::Matrix<float> many = product_is_right(make(threads), rows, cols, depth);
      CHECK(std::equal(one.data(), one.data() + one.size(), many.data()));
    }
  }
}

}  // namespace laws
