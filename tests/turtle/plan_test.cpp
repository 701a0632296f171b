#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/turtle/plan.hpp>

using namespace shoal;

TEST_CASE("the plan counts the layers of each space and a batch of at most all rows") {
  const std::vector<Index> spaces{10, 6};
  const MemoryPlan small = plan(Turtle{.clusters = 5, .steps = 3}, 50, spaces);
  CHECK(small["layers"] == 9 * 4 * 5 * (11 + 7));
  CHECK(small["batch"] == 4 * 50 * (11 + 7));
  CHECK(small["label distributions"] == 4 * 50 * 5 * (3 + 2));
  CHECK(small["labels"] == 50 * 8);
  CHECK(small["steps"] == 3 * sizeof(TurtleStep));
  const MemoryPlan large = plan(Turtle{.clusters = 5, .batch = 20}, 50, spaces);
  CHECK(large["batch"] == 4 * 20 * (11 + 7));
}

TEST_CASE("settings out of range and sizes beyond 2^63 are refused") {
  const std::vector<Index> wide{Index{1} << 40};
  test::refused(Errc::invalid_argument, "clusters (51)",
                [] { (void)plan(Turtle{.clusters = 51}, 50, std::vector<Index>{4}); });
  test::refused(Errc::too_large, "is beyond 2^63",
                [&] { (void)plan(Turtle{.clusters = Index{1} << 24}, Index{1} << 30, wide); });
}
