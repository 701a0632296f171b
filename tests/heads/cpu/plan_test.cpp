#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/heads/cpu/plan.hpp>
#include <shoal/heads/heads.hpp>

using namespace shoal;

namespace {

constexpr std::size_t gibibyte = std::size_t{1} << 30;

template <class Method>
MemoryPlan plan(const Method& settings, Index d, int threads, std::size_t budget = 0) {
  return fused_step_plan(settings.general(), d, threads, budget);
}

}  // namespace

TEST_CASE("only parameters and kept rows grow with the number of heads") {
  const TEMI few{.clusters = 1000, .heads = 2}, many{.clusters = 1000, .heads = 32};
  const MemoryPlan a = plan(few, 384, 2), b = plan(many, 384, 2);
  CHECK(b["parameters"] == 16 * a["parameters"]);
  CHECK(b["partner rows"] == 16 * a["partner rows"]);
  CHECK(a["partner rows"] > 0);
  CHECK(b["logits"] == a["logits"]);
  CHECK(b["packed parameters"] == a["packed parameters"]);
  CHECK(b["scratch"] == a["scratch"]);
}

TEST_CASE("partners' rows are kept where the budget has room and they take at most a gibibyte") {
  const TEMI s{.clusters = 1000, .heads = 16};
  const MemoryPlan free = plan(s, 384, 2);
  CHECK(free["partner rows"] == std::size_t{16} * 1024 * 1000 * 4);
  CHECK(plan(s, 384, 2, free.total())["partner rows"] == free["partner rows"]);
  CHECK(plan(s, 384, 2, free.total() - 1)["partner rows"] == 0);
  CHECK(plan(TEMI{.clusters = 21841, .heads = 16}, 384, 2)["partner rows"] == 0);
  CHECK(plan(SCANv2{.clusters = 1000}, 384, 2)["partner rows"] == 0);
}

TEST_CASE("SCANv2 at ImageNet-21K's size is planned in less than 6 GiB") {
  const MemoryPlan p = plan(SCANv2{.clusters = 21841, .heads = 32, .batch = 4096}, 768, 2);
  CHECK(p.total() < 6 * gibibyte);
  CHECK(p["parameters"] > 2 * gibibyte);
}

TEST_CASE("bfloat16 halves what is packed, where the processor multiplies it") {
  TEMI s{.clusters = 1000};
  const MemoryPlan wide = plan(s, 384, 2);
  s.precision = Precision::bfloat16;
  CHECK((multiplies_bfloat16 ? 2 : 1) * plan(s, 384, 2)["packed parameters"] == wide["packed parameters"]);
  CHECK((plan(s, 384, 2).total() < wide.total()) == multiplies_bfloat16);
}

TEST_CASE("a training beyond the budget is refused with what would fit") {
  const TEMI s{.clusters = 1000, .heads = 16};
  const std::size_t least = plan(s, 384, 2, 1).total();
  const auto check_plan = [&](std::size_t budget) {
    check_training_budget(s.general(), budget,
                          [&](const HeadSettings& at) { return fused_step_plan(at, 384, 2, budget); });
  };
  check_plan(0);
  check_plan(least);
  test::refused(Errc::too_large, "it would hold batch 256 or heads 8", [&] { check_plan(least - 1); });
}
