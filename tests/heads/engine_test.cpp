#include <doctest/doctest.h>

#include <shoal/heads/engine.hpp>

using namespace shoal;

TEST_CASE("before the first step the teacher is the student, moments are zero and the marginal even") {
  const HeadShape shape{.features = 3, .widths = {2}, .clusters = 4, .heads = 2};
  HeadState state(shape, 7, true);
  CHECK(state.student == initial_parameters(shape, 7));
  CHECK(state.teacher == state.student);
  CHECK(state.first_moment == Buffer<float>(state.student.size(), 0.f));
  CHECK(state.second_moment == state.first_moment);
  CHECK(state.marginal.rows() == 2);
  for (const float m : state.marginal.view().span(1)) CHECK(m == 0.25f);
  CHECK(HeadState(shape, 7, false).teacher.empty());
}

TEST_CASE("the teacher predicts, or the student where there is none") {
  const HeadShape shape{.features = 3, .widths = {2}, .clusters = 4, .heads = 1};
  HeadState with(shape, 7, true), without(shape, 7, false);
  with.teacher[0] = 5, without.student[0] = 6;
  CHECK(with.take_averaged()[0] == 5);
  CHECK(without.take_averaged()[0] == 6);
}
