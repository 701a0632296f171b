// Products in double precision, and how far from them a product may be.
#pragma once

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

inline Matrix<float> random_matrix(Index rows, Index cols, std::uint64_t stream) {
  Matrix<float> m(rows, cols);
  const Philox random(7, stream);
  for (Index i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  return m;
}

inline float element(Operand m, Index i, Index j) { return m.transposed ? m.matrix(j, i) : m.matrix(i, j); }

/// |c - (c0 + a b)| is at most the bound of a float32 sum of K products, for every element; `rounding` is how
/// far, relatively, the products' terms may be off before they are summed.
inline void check_product(Operand a, Operand b, MatrixView<const float> before, MatrixView<const float> after,
                          bool add, double rounding = 0) {
  const Index depth = a.col_count();
  for (Index i = 0; i < after.rows; ++i)
    for (Index j = 0; j < after.cols; ++j) {
      double sum = add ? static_cast<double>(before(i, j)) : 0, size = std::abs(sum);
      for (Index k = 0; k < depth; ++k) {
        const double term = static_cast<double>(element(a, i, k)) * static_cast<double>(element(b, k, j));
        sum += term;
        size += std::abs(term);
      }
      REQUIRE(std::abs(static_cast<double>(after(i, j)) - sum) <=
              (static_cast<double>(depth + 2) * 0x1p-24 + rounding) * size);
    }
}

/// multiply(a, b, c, update) is right for shapes around a tile's edges, 0 among them, for all orientations,
/// and writes nothing but c.
template <class Multiply> void multiplies_everything(const Multiply& multiply, double rounding = 0) {
  for (const Index m : {0, 1, 12, 13, 40})
    for (const Index n : {0, 1, 32, 70})
      for (const Index k : {0, 1, 5, 64})
        for (const bool ta : {false, true})
          for (const bool tb : {false, true})
            for (const Update update : {Update::assign, Update::add}) {
              const auto x = ta ? random_matrix(k, m, 1) : random_matrix(m, k, 1);
              const auto y = tb ? random_matrix(n, k, 2) : random_matrix(k, n, 2);
              const auto before = random_matrix(m + 2, n + 3, 3);
              auto after = before;
              const auto inner = [&](auto& c) { return c.view().block(1, m).columns(2, n); };
              multiply(Operand{x, ta}, Operand{y, tb}, inner(after), update);
              check_product({x, ta}, {y, tb}, inner(before), inner(after), update == Update::add, rounding);
              for (Index i = 0; i < m + 2; ++i)
                for (Index j = 0; j < n + 3; ++j)
                  if (i < 1 || i > m || j < 2 || j >= n + 2) REQUIRE(after(i, j) == before(i, j));
            }
}

}  // namespace shoal
