#include "support/refused.hpp"

#include <string>

#include <doctest/doctest.h>

#include <shoal/heads/cpu/plan.hpp>

using namespace shoal;

namespace {

constexpr std::size_t gibibyte = std::size_t{1} << 30;

std::size_t sum(const HeadPlan& p) {
  return p.parameters + p.batch + p.activations + p.logits + p.packed + p.scratch + p.partner_rows;
}

}  // namespace

TEST_CASE("a plan is the sum of its parts; only parameters and kept rows grow with the number of heads") {
  const TEMI few{.clusters = 1000, .heads = 2}, many{.clusters = 1000, .heads = 32};
  const HeadPlan a = plan(few, 384, 2), b = plan(many, 384, 2);
  CHECK(a.total == sum(a));
  CHECK(b.total == sum(b));
  CHECK(b.parameters == 16 * a.parameters);
  CHECK(b.partner_rows == 16 * a.partner_rows);
  CHECK(b.logits == a.logits);
  CHECK(b.packed == a.packed);
  CHECK(b.scratch == a.scratch);
}

TEST_CASE("partners' rows are kept where the budget has room and they take at most a gibibyte") {
  const TEMI s{.clusters = 1000, .heads = 16};
  const HeadPlan free = plan(s, 384, 2);
  CHECK(free.partner_rows == std::size_t{16} * 1024 * 1000 * 4);
  CHECK(plan(s, 384, 2, free.total).partner_rows == free.partner_rows);
  CHECK(plan(s, 384, 2, free.total - 1).partner_rows == 0);
  CHECK(plan(TEMI{.clusters = 21841, .heads = 16}, 384, 2).partner_rows == 0);
  CHECK(plan(SCANv2{.clusters = 1000}, 384, 2).partner_rows == 0);
}

TEST_CASE("SCANv2 at ImageNet-21K's size is planned in less than 6 GiB") {
  const HeadPlan p = plan(SCANv2{.clusters = 21841, .heads = 32, .batch = 4096}, 768, 2);
  CHECK(p.total < 6 * gibibyte);
  CHECK(p.parameters > 2 * gibibyte);
}

TEST_CASE("bfloat16 halves what is packed") {
  TEMI s{.clusters = 1000};
  const HeadPlan wide = plan(s, 384, 2);
  s.precision = Precision::bfloat16;
  CHECK(2 * plan(s, 384, 2).packed == wide.packed);
  CHECK(plan(s, 384, 2).total < wide.total);
}

TEST_CASE("a training beyond the budget is refused with what would fit") {
  const TEMI s{.clusters = 1000, .heads = 16};
  const std::size_t least = plan(s, 384, 2, 1).total;
  check_plan(s, 384, 2, 0);
  check_plan(s, 384, 2, least);
  test::refused(Errc::too_large, "it would hold batch 256 or heads 8",
                [&] { check_plan(s, 384, 2, least - 1); });
}
