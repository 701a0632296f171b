// The laws of a backend.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/core/random.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

/// Checks c ← a b for all four ways of transposing the factors, and c += a b: each element must be within the
/// rounding of a sum of K products of magnitude at most 1.
template <class B>
Matrix<float> product_is_right(const B& backend, Index rows, Index cols, Index depth, bool left, bool right,
                               Update update) {
  const auto random = [](Index r, Index c, std::uint64_t stream) {
    Matrix<float> m(r, c);
    for (Index i = 0; i < m.size(); ++i)
      m.data()[i] = static_cast<float>(2 * Philox(9, stream).uniform(static_cast<std::uint64_t>(i)) - 1);
    return m;
  };
  const Matrix<float> a = left ? random(depth, rows, 1) : random(rows, depth, 1),
                      b = right ? random(cols, depth, 2) : random(depth, cols, 2);
  const float start = update == Update::add ? 0.25f : std::numeric_limits<float>::quiet_NaN();
  Matrix<float> c(rows, cols, start);
  backend.product({a, left}, {b, right}, c, update);
  const double bound = static_cast<double>(depth + 1) * static_cast<double>(depth + 1) * 0x1p-24;
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j) {
      double sum = update == Update::add ? 0.25 : 0;
      for (Index k = 0; k < depth; ++k)
        sum += static_cast<double>(left ? a(k, i) : a(i, k)) * static_cast<double>(right ? b(j, k) : b(k, j));
      expect(std::abs(static_cast<double>(c(i, j)) - sum) <= bound);
    }
  return c;
}

/// Checks the backends that `make(threads)` returns, which must all compute the same bits. Throws
/// error(invalid_argument) for a law that does not hold.
template <class Make> void obeys_backend(Make&& make) {
  for (const Index n : {0, 1, 1000}) {
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n));
    const auto backend = make(3);
    expect(backend.threads() == 3);
    std::array<std::atomic<int>, 3> busy{};
    backend.each_task(n, [&](Index i, int worker) {
      expect(worker >= 0 && worker < 3);
      expect(++busy[static_cast<std::size_t>(worker)] == 1);
      ++calls[static_cast<std::size_t>(i)];
      --busy[static_cast<std::size_t>(worker)];
    });
    for (const auto& c : calls) expect(c == 1);
  }
  const auto throws_from = [&](Index least) {
    try {
      make(3).each_task(100, [&](Index i, int) {
        if (i >= least) throw i;
      });
    } catch (Index task) {
      return task;
    }
    return Index{-1};
  };
  expect(throws_from(99) == 99);
  expect(throws_from(0) == 0);
  for (const auto& [rows, cols, depth] :
       {std::array<Index, 3>{1, 1, 1}, {3, 70, 5}, {40, 33, 700}, {300, 600, 7}, {0, 4, 4}, {4, 4, 0}})
    for (const bool left : {false, true})
      for (const bool right : {false, true})
        for (const Update update : {Update::assign, Update::add}) {
          const Matrix<float> one = product_is_right(make(1), rows, cols, depth, left, right, update);
          for (const int threads : {2, 7}) {
            const Matrix<float> many =
                product_is_right(make(threads), rows, cols, depth, left, right, update);
            expect(std::equal(one.data(), one.data() + one.size(), many.data()));
          }
        }
}

}  // namespace shoal::laws
