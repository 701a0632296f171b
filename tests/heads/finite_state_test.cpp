#include <limits>

#include <doctest/doctest.h>

#include <shoal/heads/finite_state.hpp>

using namespace shoal;

TEST_CASE("what is not finite is named, with its head") {
  const HeadShape shape{.features = 3, .widths = {4, 2}, .clusters = 5, .heads = 3};
  const HeadState good(shape, 1, true);
  CHECK(not_finite_part(good).empty());
  CHECK(not_finite_part(HeadState(shape, 1, false)).empty());
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  HeadState state = good;
  *HeadView<float>{&shape, state.student.data(), 2}.gains() = nan;
  CHECK(not_finite_part(state) == "the student's parameters of head 2");
  state = good;
  HeadView<float>{&shape, state.teacher.data(), 1}.weight(1)(1, 3) = -inf;
  CHECK(not_finite_part(state) == "the teacher's parameters of head 1");
  state = good;
  state.first_moment.back() = inf;
  CHECK(not_finite_part(state) == "the optimizer's first moments of head 2");
  state = good;
  state.second_moment.front() = inf;
  CHECK(not_finite_part(state) == "the optimizer's second moments of head 0");
  state = good;
  state.marginal(1, 4) = nan;
  CHECK(not_finite_part(state) == "the running marginal of head 1");
}
