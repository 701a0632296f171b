#include <concepts>

#include <doctest/doctest.h>

#include <shoal/heads/heads.hpp>

using namespace shoal;

TEST_CASE("the methods are the compositions of their papers, with their defaults") {
  static_assert(std::same_as<decltype(TEMI::objective), TemiObjective>);
  static_assert(std::same_as<decltype(SCANv2::balancer), MarginalEntropy>);
  static_assert(std::same_as<decltype(SCP::balancer), SummedMarginalEntropy>);
  const TEMI temi{.clusters = 3};
  CHECK(temi.heads == 16);
  CHECK(temi.epochs == 100);
  CHECK(temi.objective.beta == 0.6f);
  CHECK(temi.hidden == std::vector<Index>{512});
  const SCP scp{.clusters = 3};
  CHECK(scp.epochs == 30);
  CHECK(scp.optimizer == Optimizer::adam);
  CHECK(scp.balancer.alpha == 5);
  CHECK(scp.shape(7).layers() == 4);
  CHECK(scp.shape(7).inputs(0) == 7);
}
