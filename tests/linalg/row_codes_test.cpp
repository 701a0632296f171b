#include "mixed_rows.hpp"

#include <doctest/doctest.h>

#include <shoal/linalg/row_codes.hpp>

using namespace shoal;

TEST_CASE("codes by rows bound every listed product from above, and closely") {
  for (const Index d : {1, 64, 100, 384}) {
    const Matrix<float> a = mixed_rows(7, d, 3), b = mixed_rows(50, d, 4);
    RowCodes left(RowCodes::Side::left, 7, d), right(RowCodes::Side::right, 50, d);
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
