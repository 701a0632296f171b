#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/finite_rows.hpp>

using namespace shoal;

TEST_CASE("rows that are not finite are refused by number, wherever they stand") {
  const Cpu cpu({.threads = 2});
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()})
    for (const Index column : {0, 15, 16, 18}) {  // within a worker and in the tail after it
      Matrix<float> x(2050, 19, std::numeric_limits<float>::max());
      check_finite_rows("f: x", Rows(x), cpu);
      x(2049, column) = bad;
      CHECK_THROWS_WITH_AS(check_finite_rows("f: x", Rows(x), cpu), "f: x: row 2049 holds NaN or infinity",
                           error);
    }
  check_finite_rows("f: x", Matrix<float>(0, 3), cpu);
}
