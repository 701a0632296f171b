#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/heads/heads.hpp>
#include <shoal/heads/parameter_steps.hpp>

using namespace shoal;

TEST_CASE("weights decay, biases do not, and the last layer counts its own updates") {
  TEMI settings{.clusters = 3, .weight_decay = 0.1, .teacher_momentum = 0.75};
  const StepControl control{.rate = 0.5, .updates = 7, .last_updates = 2, .last_frozen = true};
  const ParameterSteps steps(settings.general(), control);
  const AdamStep weights(Optimizer::adamw, 0.5, 0.1, 7), biases(Optimizer::adamw, 0.5, 0, 7),
      last(Optimizer::adamw, 0.5, 0.1, 2);
  CHECK(steps.weights.step.keep == weights.keep);
  CHECK(steps.weights.step.rate == weights.rate);
  CHECK(steps.biases.step.keep == 1.f);
  CHECK(steps.biases.step.rate == biases.rate);
  CHECK(steps.last.step.rate == last.rate);
  CHECK(steps.last.step.keep == last.keep);
  CHECK(steps.last.teacher_momentum == 0.75f);
  CHECK(steps.gains.step.rate == last.rate);
  CHECK(steps.gains.step.keep == last.keep);
  settings.plain = true;  // then they are biases
  CHECK(ParameterSteps(settings.general(), control).gains.step.keep == 1.f);
  CHECK(ParameterSteps(settings.general(), control).last.step.keep == last.keep);
  CHECK(steps.last_frozen);
}

TEST_CASE("a parameter row moves by the optimizer, and the teacher follows where there is one") {
  const HeadShape shape{.features = 5, .widths = {4}, .clusters = 3, .heads = 1};
  for (const bool teacher : {true, false}) {
    HeadState state(shape, 7, teacher);
    const HeadState before = state;
    const Index from = 3, count = 9;
    const Philox random(2, 0);
    Buffer<float> gradient(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i)
      gradient[static_cast<std::size_t>(i)] =
          static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
    const AdamStep step(Optimizer::adamw, 1e-2, 1e-1, 4);
    const ParameterUpdate update{step, 0.9f};
    ParameterRow(state, from).update(update, gradient.data(), count);
    for (std::size_t i = 0; i < state.student.size(); ++i) {
      const Index at = static_cast<Index>(i) - from;
      if (at < 0 || at >= count) {
        CHECK(state.student[i] == before.student[i]);
        continue;
      }
      float first = 0, second = 0;
      const float value = step(before.student[i], gradient[static_cast<std::size_t>(at)], first, second);
      CHECK(state.student[i] == doctest::Approx(value));
      CHECK(state.first_moment[i] == doctest::Approx(first));
      CHECK(state.second_moment[i] == doctest::Approx(second));
      if (teacher) CHECK(state.teacher[i] == doctest::Approx(0.9f * before.teacher[i] + 0.1f * value));
    }
    CHECK(state.teacher.empty() != teacher);
  }
}
