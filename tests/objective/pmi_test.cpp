#include "objective/golden.hpp"

#include <doctest/doctest.h>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/laws/objective.hpp>
#include <shoal/objective/pmi.hpp>

using namespace shoal;

TEST_CASE("PMI, WPMI and TEMI obey the laws of an objective, with and without balancing") {
  laws::obeys_objective(PmiObjective{}, NoBalance{});
  laws::obeys_objective(WpmiObjective{.beta = 0.8f}, NoBalance{});
  laws::obeys_objective(TemiObjective{}, NoBalance{});
  laws::obeys_objective(PmiObjective{}, MarginalEntropy{});
}

TEST_CASE("values and gradients are the official code's") {
  golden::follows("pmi", PmiObjective{}, NoBalance{});
  golden::follows("wmi", WpmiObjective{}, NoBalance{});
  golden::follows("temi", TemiObjective{}, NoBalance{});
}

TEST_CASE("by hand: two classes, even teacher, β = 1, m = 1/2") {
  // Σ_c q_c ½ / ½ = 1: no information, whatever the student says; gradient −q_c.
  const float logits[] = {0.03f, -0.02f}, even[] = {0.f, 0.f}, log_m[] = {std::log(0.5f), std::log(0.5f)};
  const CpuTeam team{2};
  float q[2], t[2], gradient[2];
  const LogProbs own{logits, 10.f, softmax(team, logits, 10.f, q)},
      partner{even, 10.f, softmax(team, even, 10.f, t)};
  const PairRow pair{own, q, partner, log_m, 1.f, 1.f, 1.f};
  CHECK(std::abs(PmiObjective{.beta = 1.f}.row(team, pair, gradient)) < 1e-6f);
  CHECK(gradient[0] == doctest::Approx(-q[0]));
  CHECK(gradient[1] == doctest::Approx(-q[1]));
}
