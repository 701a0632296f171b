#include "objective/golden.hpp"

#include <doctest/doctest.h>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/balancing/none.hpp>
#include <shoal/laws/objective.hpp>
#include <shoal/objective/scan.hpp>

using namespace shoal;

TEST_CASE("SCAN obeys the laws of an objective, with and without balancing") {
  laws::obeys_objective(ScanObjective{}, NoBalance{});
  laws::obeys_objective(ScanObjective{}, MarginalEntropy{});
}

TEST_CASE("value and gradient are the official code's, whose entropy term is MarginalEntropy") {
  golden::follows("scan", ScanObjective{}, MarginalEntropy{});
}
