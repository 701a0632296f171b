#include <doctest/doctest.h>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/laws/balancer.hpp>

using namespace shoal;

TEST_CASE("balancers obey the laws") {
  for (const Index clusters : {1, 2, 15, 16, 17, 300}) {
    laws::obeys_balancer(NoBalance{}, clusters);
    laws::obeys_balancer(MarginalEntropy{}, clusters);
    laws::obeys_balancer(MarginalEntropy{.alpha = 0.5f}, clusters);
  }
}

TEST_CASE("the entropy of an even marginal is log C") {
  for (const Index clusters : {1, 4, 1000}) {
    const std::vector<float> even(static_cast<std::size_t>(clusters), 1.f / static_cast<float>(clusters));
    std::vector<float> gradient(even.size());
    const float penalty =
        MarginalEntropy{.alpha = 2.f}.penalty(CpuTeam{clusters}, even.data(), gradient.data());
    CHECK(penalty == doctest::Approx(-2. * std::log(static_cast<double>(clusters))).epsilon(1e-5));
    CHECK(gradient[0] == doctest::Approx(2. * (1. - std::log(static_cast<double>(clusters)))).epsilon(1e-5));
  }
}

TEST_CASE("summed over views it is the mean over views of twice the weight, and obeys the same laws") {
  for (const Index clusters : {1, 2, 33}) laws::obeys_balancer(SummedMarginalEntropy{}, clusters);
  const std::vector<float> m = {0.5f, 0.25f, 0.25f};
  std::vector<float> once(3), twice(3);
  const CpuTeam team{3};
  CHECK(SummedMarginalEntropy{.alpha = 5}.penalty(team, m.data(), once.data()) ==
        MarginalEntropy{.alpha = 10}.penalty(team, m.data(), twice.data()));
  CHECK(once == twice);
}
