#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/linalg/row_codes.hpp>

using namespace shoal;

namespace {

/// Rows of several sizes, a zero row and one with a single large element among them.
Matrix<float> mixed_rows(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> z(rows, cols);
  const Philox random(seed, 0);
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < cols; ++k)
      z(i, k) = static_cast<float>(2 * random.uniform(static_cast<std::uint64_t>(i * cols + k)) - 1) *
                std::pow(10.f, static_cast<float>(i % 5 - 2));
  for (Index k = 0; k < cols; ++k) z(1, k) = 0;
  z(2, cols / 2) = 1e4f;
  return z;
}

/// x·y in double, and ‖x‖ ‖y‖.
std::pair<double, double> product(const float* x, const float* y, Index d) {
  double sum = 0, xx = 0, yy = 0;
  for (Index k = 0; k < d; ++k) {
    sum += double{x[k]} * double{y[k]};
    xx += double{x[k]} * double{x[k]};
    yy += double{y[k]} * double{y[k]};
  }
  return {sum, std::sqrt(xx * yy)};
}

template <template <int> class P> void check_panels(Index d) {
  const Matrix<float> a = mixed_rows(29, d, 1), b = mixed_rows(45, d, 2);
  CodedPanels<P, tile_rows> left;
  CodedPanels<P, tile_cols> right;
  left.code(a);
  right.code(b);
  Index seen = 0;
  each_tile(left.panels, right.panels, [&](Index row, Index col, const auto& tile) {
    for (int i = 0; i < tile_rows && row + i < 29; ++i)
      for (int j = 0; j < tile_vectors; ++j) {
        const FloatVector above =
            products_above(left, row + i, right, col + j * vector_width, lane_of(tile, i, j));
        for (int u = 0; u < vector_width && col + j * vector_width + u < 45; ++u, ++seen) {
          const auto [exact, length] = product(a.row(row + i), b.row(col + j * vector_width + u), d);
          REQUIRE(double{above[u]} >= exact - length * static_cast<double>(d + 8) * 0x1p-23);
          CHECK(double{above[u]} <= exact + 0.1 * length + 1e-6);
        }
      }
  });
  CHECK(seen == 29 * 45);
}

}  // namespace

TEST_CASE("codes in panels bound every product from above, and closely") {
  for (const Index d : {4, 37, 384}) {
    check_panels<Panels>(d);
    check_panels<FastestPanels>(d);
  }
}

TEST_CASE("codes by rows bound every listed product from above, and closely") {
  for (const Index d : {1, 64, 100, 384}) {
    const Matrix<float> a = mixed_rows(7, d, 3), b = mixed_rows(50, d, 4);
    RowCodes left(7, d), right(50, d);
    for (Index i = 0; i < 7; ++i) left.set(i, a.row(i), d);
    for (Index i = 0; i < 50; ++i) right.set(i, b.row(i), d);
    for (const std::size_t count : {0, 1, 3, 16, 37}) {
      std::vector<Label> which;
      for (std::size_t k = 0; k < count; ++k) which.push_back(static_cast<Label>(k * 7 % 50));
      for (Index i = 0; i < 7; ++i) {
        std::size_t seen = 0;
        left.each_vector(
            i, right, which,
            [&](std::size_t first, std::size_t some, FloatVector above, FloatVector squares) {
              CHECK(first == seen);
              for (std::size_t k = 0; k < some; ++k, ++seen) {
                const float *x = a.row(i), *y = b.row(which[seen]);
                const auto [exact, length] = product(x, y, d);
                REQUIRE(double{above[k]} >= exact - length * static_cast<double>(d + 8) * 0x1p-23);
                CHECK(double{above[k]} <= exact + 0.1 * length + 1e-6);
                CHECK(double{squares[k]} ==
                      doctest::Approx(product(x, x, d).first + product(y, y, d).first).epsilon(1e-5));
              }
            });
        CHECK(seen == count);
      }
    }
  }
}
