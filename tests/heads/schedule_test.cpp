#include <doctest/doctest.h>

#include <shoal/heads/schedule.hpp>

using namespace shoal;

TEST_CASE("a warm-up from 0 to the peak, then half a cosine towards the floor") {
  const WarmupCosine rate{.peak = 2, .floor = 1, .warmup = 5, .steps = 9};
  CHECK(rate(0) == 0);
  CHECK(rate(1) == doctest::Approx(0.5));
  CHECK(rate(4) == 2);
  CHECK(rate(5) == 2);
  CHECK(rate(7) == doctest::Approx(1.5));
  CHECK(rate(8) == doctest::Approx(1.5 + 0.5 * std::cos(0.75 * std::acos(-1.0))));
}

TEST_CASE("no warm-up, a warm-up of one step, nothing but warm-up") {
  CHECK(WarmupCosine{1, 0, 0, 10}(0) == 1);
  CHECK(WarmupCosine{1, 0, 1, 10}(0) == 0);
  CHECK(WarmupCosine{1, 0, 10, 10}(9) == 1);
}
