#include <cmath>

#include <doctest/doctest.h>

#include <shoal/heads/moving_average.hpp>

using namespace shoal;

TEST_CASE("a moving average stays, jumps or moves by its momentum") {
  CHECK(moving_average(3.f, 7.f, 1.f) == 3.f);
  CHECK(moving_average(3.f, 7.f, 0.f) == 7.f);
  CHECK(moving_average(3.f, 7.f, 0.75f) == 4.f);
  const FloatVector many = moving_average(broadcast<FloatVector>(3.f), broadcast<FloatVector>(7.f), 0.75f);
  CHECK(many[0] == 4.f);
}

TEST_CASE("the marginal moves towards the mean of both views, and its logarithm is finite") {
  float m[] = {0.5f, 0.5f};
  const float first[] = {1.f, 0.f}, second[] = {0.5f, 0.5f};
  for (Index c = 0; c < 2; ++c) move_marginal(At<float>{c}, first, second, 0.5f, m);
  CHECK(m[0] == doctest::Approx(0.625));
  CHECK(m[1] == doctest::Approx(0.375));
  const float mean[] = {1.f, 0.f, 0.5f, 0.5f};
  move_marginal(CpuTeam{2}, {mean, 2, 2}, 0.5, m);
  CHECK(m[0] == doctest::Approx(0.6875));
  CHECK(log_marginal(0.25f) == doctest::Approx(std::log(0.25)));
  CHECK(log_marginal(0.f) == doctest::Approx(std::log(1e-30)));
}
