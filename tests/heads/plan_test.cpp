#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/plan.hpp>

using namespace shoal;

TEST_CASE("a training beyond the budget is refused with the batch and the heads that it would hold") {
  const HeadSettings s = TEMI{.clusters = 10, .heads = 8, .batch = 64}.general();
  const auto plan_of = [](const HeadSettings& at) {
    return MemoryPlan().add("all", static_cast<std::size_t>(at.batch * at.heads));
  };
  check_training_budget(s, 0, plan_of);
  check_training_budget(s, 512, plan_of);
  test::refused(Errc::too_large, "it would hold batch 32 or heads 4",
                [&] { check_training_budget(s, 511, plan_of); });
  test::refused(Errc::too_large, "it would hold batch 1 or heads 0",
                [&] { check_training_budget(s, 8, [&](auto at) { return plan_of(at); }); });
}

TEST_CASE("a state is student, moments, marginals, and a teacher where there is one") {
  const TEMI temi{.clusters = 10, .heads = 2};
  const SCP scp{.clusters = 10, .heads = 2};
  const auto floats = [](const auto& s) { return static_cast<std::size_t>(s.shape(5).size()); };
  CHECK(state_bytes(temi.general(), temi.shape(5)) == 4 * (4 * floats(temi) + 20));
  CHECK(state_bytes(scp.general(), scp.shape(5)) == 4 * (3 * floats(scp) + 20));
}
