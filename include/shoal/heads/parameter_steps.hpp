// The updates of a training step by kind of parameter.
#pragma once

#include <shoal/heads/engine.hpp>
#include <shoal/heads/settings.hpp>

namespace shoal {

/// The updates of a step. Weight decay acts on matrices and gains, not on biases. The last layer, which may
/// be frozen at first, counts its own updates.
struct ParameterSteps {
  ParameterUpdate weights, biases;  ///< for the layers
  ParameterUpdate last, gains;      ///< for directions and gains, or a plain head's weights and biases
  bool last_frozen;

  ParameterSteps(const HeadSettings& s, const StepControl& c)
      : weights(update(s, c.rate, s.weight_decay, c.updates)),
        biases(update(s, c.rate, 0, c.updates)),
        last(update(s, c.rate, s.weight_decay, c.last_updates)),
        gains(update(s, c.rate, s.plain ? 0 : s.weight_decay, c.last_updates)),
        last_frozen(c.last_frozen) {}

 private:
  static ParameterUpdate update(const HeadSettings& s, double rate, double decay, Index updates) {
    return {AdamStep(s.optimizer, rate, decay, updates), static_cast<float>(s.teacher_momentum)};
  }
};

/// The same range in all parameter arrays of a state: student, moments, and teacher (null if there is none).
struct ParameterRow {
  float *student, *first, *second, *teacher;

  /// The range that starts at the place of a student parameter.
  ParameterRow(HeadState& state, const float* where) : ParameterRow(state, where - state.student.data()) {}
  ParameterRow(HeadState& state, Index offset)
      : student(state.student.data() + offset),
        first(state.first_moment.data() + offset),
        second(state.second_moment.data() + offset),
        teacher(state.teacher.empty() ? nullptr : state.teacher.data() + offset) {}

  /// Updates `count` parameters by their gradient, on one thread.
  void update(const ParameterUpdate& by, const float* gradient, Index count) const {
    const auto [w, m, v, t] = *this;
    CpuTeam{count}.each([&, w = w, m = m, v = v, t = t](auto k) { by(k, gradient, w, m, v, t); });
  }
};

}  // namespace shoal
