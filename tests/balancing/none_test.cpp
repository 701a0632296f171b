#include <doctest/doctest.h>

#include <shoal/balancing/none.hpp>

TEST_CASE("no balance adds nothing") {
  const float marginal[] = {0.25f, 0.75f, 0.f};
  float slope[] = {9.f, 9.f, 9.f};
  CHECK(shoal::NoBalance{}.penalty(shoal::CpuTeam{3}, marginal, slope) == 0.f);
  for (const float s : slope) CHECK(s == 0.f);
}
