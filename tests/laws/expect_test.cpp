#include <limits>

#include <doctest/doctest.h>

#include <shoal/laws/expect.hpp>

using namespace shoal;

TEST_CASE("what holds passes; what does not throws and names its line") {
  laws::expect(true);
  laws::expect_near(1, 1 + 1e-7, 1e-6);
  laws::expect_refused([] { fail(Errc::bad_data, "no"); });
  CHECK_THROWS_WITH_AS(laws::expect(false), doctest::Contains("expect_test.cpp:13 does not hold"), error);
  CHECK_THROWS_WITH_AS(laws::expect_near(1, 2, 0.1), doctest::Contains("1 is not 2"), error);
  CHECK_THROWS_AS(laws::expect_near(std::numeric_limits<double>::quiet_NaN(), 2, 0.1), error);
  CHECK_THROWS_AS(laws::expect_refused([] {}), error);
}
