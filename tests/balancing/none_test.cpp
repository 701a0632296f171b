#include <doctest/doctest.h>

#include <shoal/balancing/none.hpp>

TEST_CASE("no balance adds nothing") {
  const float marginal[] = {0.25f, 0.75f, 0.f};
  float gradient[] = {9.f, 9.f, 9.f};
  CHECK(shoal::NoBalance{}.penalty(shoal::CpuTeam{3}, marginal, gradient) == 0.f);
  for (const float s : gradient) CHECK(s == 0.f);
}
