// Adam and AdamW for one parameter at a time, and the update of a parameter and of its teacher.
#pragma once

#include <cmath>

#include <shoal/heads/moving_average.hpp>

namespace shoal {

/// How weight decay acts: directly on the parameters (AdamW), or through the gradient (Adam).
enum class Optimizer { adamw, adam };

/// One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019) after `updates` earlier ones.
/// With the moments m, v of the gradient, β₁ = 0.9, β₂ = 0.999 and ε = 1e-8:
///   AdamW: w ← (1 − rate · decay) w − rate m̂ / (√v̂ + ε);
///   Adam: the same with decay 0, after the gradient is increased by decay · w.
struct AdamStep {
  float keep;     ///< 1 − rate · decay
  float coupled;  ///< the decay that is added to the gradient
  float rate;     ///< rate / (1 − β₁^t)
  float root;     ///< 1 / √(1 − β₂^t)

  AdamStep(Optimizer optimizer, double learning_rate, double decay, Index updates)
      : keep(optimizer == Optimizer::adamw ? static_cast<float>(1 - learning_rate * decay) : 1.f),
        coupled(optimizer == Optimizer::adam ? static_cast<float>(decay) : 0.f),
        rate(static_cast<float>(learning_rate / (1 - std::pow(0.9, static_cast<double>(updates + 1))))),
        root(static_cast<float>(1 / std::sqrt(1 - std::pow(0.999, static_cast<double>(updates + 1))))) {}

  /// The new value of w; m and v are updated.
  template <class F> [[nodiscard]] SHOAL_HD F operator()(F w, F gradient, F& m, F& v) const {
    gradient = gradient + w * coupled;
    m = m * 0.9f + gradient * 0.1f;
    v = v * 0.999f + gradient * gradient * 0.001f;
    return w * keep - m * rate / (sqrt(v) * root + 1e-8f);
  }
};

/// A step of Adam for the student's parameters, followed by the teacher's moving average.
struct ParameterUpdate {
  AdamStep step;
  float teacher_momentum;

  /// Updates one member's entries of parameter rows; `teacher` is null if there is none.
  template <class F>
  SHOAL_HD void operator()(At<F> k, const float* gradient, float* student, float* first, float* second,
                           float* teacher) const {
    F m = k.load(first), v = k.load(second);
    const F value = step(k.load(student), k.load(gradient), m, v);
    k.store(student, value), k.store(first, m), k.store(second, v);
    if (teacher != nullptr) k.store(teacher, moving_average(k.load(teacher), value, teacher_momentum));
  }
};

}  // namespace shoal
