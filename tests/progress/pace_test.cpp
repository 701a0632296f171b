// The pace of units that cost about the same.
#include "../../examples/shoal/pace.hpp"

#include <doctest/doctest.h>

TEST_CASE("units of one cost: the pace is that of the last half") {
  Pace pace;
  for (int i = 0; i <= 10; ++i) pace.note(i, i);
  CHECK(pace.unit() == doctest::Approx(1));
  for (int i = 1; i <= 200; ++i) pace.note(10 + 2. * i, 10 + i);  // slower from here on
  CHECK(pace.unit() == doctest::Approx(2).epsilon(0.01));
  CHECK(pace.last() == 410);
  pace.note(411, 214);
  CHECK(pace.latest() == doctest::Approx(0.25));
}
