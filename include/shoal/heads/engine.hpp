// The interface between the trainer and the machine: the input, the output and the engine of a training step.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/heads/shape.hpp>

namespace shoal {

/// The state that a training carries from step to step, in the layout of HeadShape.
struct HeadState {
  HeadShape shape;
  Buffer<float> student;        ///< parameters of all heads
  Buffer<float> teacher;        ///< averaged parameters; empty if the objective has no teacher
  Buffer<float> first_moment;   ///< the optimizer's first moments
  Buffer<float> second_moment;  ///< the optimizer's second moments
  Matrix<float> marginal;       ///< [H × C] running mean of the partner's probabilities; starts at 1/C

  /// The state before the first step: the teacher is a copy of the student.
  HeadState(const HeadShape& s, std::uint64_t seed, bool with_teacher)
      : shape(s),
        student(initial_parameters(s, seed)),
        teacher(with_teacher ? student : Buffer<float>{}),
        first_moment(student.size(), 0.f),
        second_moment(student.size(), 0.f),
        marginal(s.heads, s.clusters, 1.f / static_cast<float>(s.clusters)) {}

  /// A state of this shape without values, to be filled.
  static HeadState zeros(const HeadShape& s, bool with_teacher) { return {s, with_teacher}; }

  /// Moves the parameters for predictions out: the teacher's, or the student's if there is no teacher.
  [[nodiscard]] Buffer<float> take_averaged() { return std::move(teacher.empty() ? student : teacher); }

 private:
  HeadState(const HeadShape& s, bool with_teacher)
      : shape(s),
        student(static_cast<std::size_t>(s.size()), 0.f),
        teacher(with_teacher ? student : Buffer<float>{}),
        first_moment(student),
        second_moment(student),
        marginal(s.heads, s.clusters) {}
};

/// The values that change from step to step.
struct StepControl {
  double rate = 0;           ///< the learning rate
  Index updates = 0;         ///< number of earlier updates of the layers
  Index last_updates = 0;    ///< number of earlier updates of the last layer (directions and gains)
  bool last_frozen = false;  ///< whether the last layer is not updated
};

/// The report of a step.
struct StepReport {
  std::vector<double> loss;   ///< [H] loss of each head before the update, balancing included
  std::vector<Label> labels;  ///< [H × 2 × B] the student's most likely cluster of each x, then each x′
};

/// Computes the steps of a training on some machine: forward pass, loss, backward pass and update of the
/// heads of a HeadState, which may be some of those of the training (heads/shared_step.hpp). A backend
/// chooses its engine by StepOn (heads/generic_step.hpp). Laws (tests/heads): the same state, batch and
/// control give the same bits for any number of threads; engines agree to rounding.
class StepEngine {
 public:
  StepEngine() = default;
  StepEngine(const StepEngine&) = delete;
  StepEngine& operator=(const StepEngine&) = delete;
  virtual ~StepEngine() = default;

  /// Updates the heads by the gradient of the mean over all heads of their losses, and fills the report. The
  /// batch is [2B × d] for all engines: B rows x, then their B partners x′ in the same order.
  virtual void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) = 0;
  /// Updates the HeadState that the engine was built on; a no-op if the engine works on it directly.
  virtual void sync() {}

  /// Returns the agreements [all heads × B] of the teachers of all heads in order, given those of this
  /// engine's heads.
  using GatherAgreements = std::function<std::vector<float>(MatrixView<const float> own)>;
  /// Makes the heads of this engine some of those of a training. Without it, they are all.
  void share_heads(GatherAgreements gather) { gather_ = std::move(gather); }

 protected:
  /// Whether the heads of this engine are some of those of a training.
  [[nodiscard]] bool heads_are_shared() const { return static_cast<bool>(gather_); }
  /// Computes the mean over all heads of the agreement of each pair [B], given those of this engine's heads
  /// [own heads × B].
  void average_agreement(const Matrix<float>& own, std::span<float> mean) const {
    const std::vector<float> gathered = gather_ ? gather_(own) : std::vector<float>();
    const float* all = gather_ ? gathered.data() : own.data();
    const std::size_t pairs = mean.size();
    const std::size_t heads = (gather_ ? gathered.size() : static_cast<std::size_t>(own.size())) / pairs;
    for (std::size_t b = 0; b < pairs; ++b) {
      double sum = 0;
      for (std::size_t h = 0; h < heads; ++h) sum += static_cast<double>(all[h * pairs + b]);
      mean[b] = static_cast<float>(sum / static_cast<double>(heads));
    }
  }

 private:
  GatherAgreements gather_;
};

}  // namespace shoal
