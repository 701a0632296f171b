// What a training step takes and what it returns: the seam between the trainer and the machine.
#pragma once

#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/heads/shape.hpp>

namespace shoal {

/// Everything that a training carries from one step to the next, in the layout of HeadShape.
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

/// What a step reports.
struct StepReport {
  std::vector<double> loss;   ///< [H] of each head, balancing included, before the update
  std::vector<Label> labels;  ///< [H × 2 × B] the student's most likely cluster of each x, then of each x′
};

/// Computes the steps of a training on some machine: forward, loss, backward and update of all heads. A
/// backend chooses its engine by StepOn (heads/generic_step.hpp). Laws (tests/heads): the same state, batch
/// and control give the same bits, for any number of threads; engines agree to rounding.
class StepEngine {
 public:
  StepEngine() = default;
  StepEngine(const StepEngine&) = delete;
  StepEngine& operator=(const StepEngine&) = delete;
  virtual ~StepEngine() = default;

  /// Updates all heads by the gradient of the mean over heads of their losses, and reports. The batch is
  /// [2B × d], the same for all engines: B rows x, then their B partners x′ in the same order.
  virtual void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) = 0;
  /// Brings the HeadState that the engine was built on up to date; nothing to do where the engine works on it
  /// directly.
  virtual void sync() {}
};

}  // namespace shoal
