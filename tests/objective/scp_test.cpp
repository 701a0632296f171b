#include <doctest/doctest.h>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/laws/objective.hpp>
#include <shoal/objective/scp.hpp>

using namespace shoal;

TEST_CASE("SCP obeys the laws of an objective, with and without balancing") {
  laws::obeys_objective(ScpObjective{}, NoBalance{});
  laws::obeys_objective(ScpObjective{}, MarginalEntropy{.alpha = 2.f});
}

TEST_CASE("SCP without a term, or with other weights, obeys them too") {
  laws::obeys_objective(ScpObjective{.consistency = 0}, NoBalance{});
  laws::obeys_objective(ScpObjective{.confidence = 0}, NoBalance{});
  laws::obeys_objective(ScpObjective{.consistency = 2.f, .confidence = 0.5f}, NoBalance{});
  CHECK_THROWS_AS(ScpObjective{.consistency = -1}.validate(), error);
  CHECK_THROWS_AS(ScpObjective{.confidence = __builtin_huge_valf()}.validate(), error);
}

TEST_CASE("SCP's loss is consistency plus confidence, written out in double") {
  const laws::PairBatch batch = laws::random_batch(6, 13, 4);
  const auto probs = [&](Index i) {
    std::vector<double> p(13);
    double total = 0;
    for (std::size_t c = 0; c < 13; ++c) total += p[c] = std::exp(10. * batch.row(batch.student, i)[c]);
    for (double& v : p) v /= total;
    return p;
  };
  double consistency = 0, overlap = 0;
  for (Index b = 0; b < 6; ++b) {
    const std::vector<double> p = probs(b), r = probs(6 + b);
    for (std::size_t c = 0; c < 13; ++c) {
      consistency -= (p[c] * std::log(r[c]) + r[c] * std::log(p[c])) / 12;
      overlap += p[c] * r[c] / 6;
    }
  }
  std::vector<float> gradient;
  CHECK(laws::step_loss(ScpObjective{}, NoBalance{}, batch, batch, gradient) ==
        doctest::Approx(consistency - std::log(overlap)).epsilon(1e-6));
}
