// What a training step is asked and what it answers: the seam between the trainer and the machine.
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/heads/shape.hpp>

namespace shoal {

/// All that a training carries from one step to the next, in the layout of HeadShape.
struct HeadState {
  HeadShape shape;
  Buffer<float> student;
  Buffer<float> teacher;       ///< empty where the objective has none
  Buffer<float> first_moment;  ///< of the optimizer
  Buffer<float> second_moment;
  Matrix<float> marginal;  ///< [H × C] running mean of the partner's probabilities; starts at 1/C

  /// Before the first step: the teacher is a copy of the student.
  HeadState(const HeadShape& s, std::uint64_t seed, bool with_teacher)
      : shape(s),
        student(initial_parameters(s, seed)),
        teacher(with_teacher ? student : Buffer<float>{}),
        first_moment(student.size(), 0.f),
        second_moment(student.size(), 0.f),
        marginal(s.heads, s.clusters, 1.f / static_cast<float>(s.clusters)) {}

  /// The parameters that predict, moved out: the teacher's, or the student's where there is none.
  [[nodiscard]] Buffer<float> take_averaged() { return std::move(teacher.empty() ? student : teacher); }
};

/// What changes from step to step.
struct StepControl {
  double rate = 0;           ///< the learning rate
  Index updates = 0;         ///< how often the optimizer has updated the layers before
  Index last_updates = 0;    ///< how often the last layer (directions and gains)
  bool last_frozen = false;  ///< leave the last layer alone
};

/// What a step tells.
struct StepReport {
  std::vector<double> loss;   ///< [H] of each head, balancing included, before the update
  std::vector<Label> labels;  ///< [H × 2 × B] the student's most likely cluster of each x, then of each x′
};

/// Who does a step: forward, loss, backward and update of all heads, on some machine.
/// The batch is [2B × d]: blocks of as many pairs as the machine takes (heads/fit.hpp; the last may have
/// fewer), in each the rows x and then their partners x′. step(batch, control, report) updates the heads by
/// the mean over heads of their losses; sync() brings the HeadState that the engine was built on up to date
/// (nothing to do where the engine works on it directly). Laws (tests/heads): the same state, batch and
/// control give the same bits, for any number of threads.
template <class E>
concept StepEngine = requires(E engine, MatrixView<const float> batch, const StepControl& control,
                              StepReport& report) {
  engine.step(batch, control, report);
  engine.sync();
};

}  // namespace shoal
