#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/metrics/spread.hpp>

using namespace shoal;

TEST_CASE("mean and deviation by hand; one value has none; no value is refused") {
  const Spread s = spread(std::vector<double>{1, 2, 3, 6});
  CHECK(s.mean == 3);
  CHECK(s.deviation == doctest::Approx(std::sqrt(14. / 3)).epsilon(1e-15));
  CHECK(s.count == 4);
  CHECK(spread(std::vector<double>{5}).deviation == 0);
  CHECK_THROWS_AS((void)spread(std::vector<double>{}), error);
}

TEST_CASE("a large common mean costs no digits of the deviation") {
  const Spread s = spread(std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 3});
  CHECK(s.deviation == doctest::Approx(1).epsilon(1e-7));
}
