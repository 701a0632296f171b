// What a linear probe asks of the engine that trains its grid, whatever machine that is on.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/probe/classifier.hpp>

namespace shoal {

/// The settings in which the classifiers of a grid differ.
struct SgdPoint {
  double learning_rate, weight_decay;
};

/// The performance of a classifier on held-out rows.
struct HeldOut {
  double accuracy;  ///< share of rows classified correctly; 0 if a score is not finite
  double loss;      ///< mean −log softmax(z)_y; infinite if a score is not finite
};

/// The next velocity v ← μ v + ∇ + decay w of a weight w under SGD with momentum, for numbers or vectors.
template <class F> SHOAL_HD F next_velocity(F v, F gradient, F w, F decay, float momentum) {
  return v * momentum + gradient + decay * w;
}

/// P softmax classifiers x [d + 1] → softmax(x W), trained together by SGD with momentum from weights of
/// zero; the last entry of x is 1 and its weights, the biases, do not decay. Laws: a step is that of each
/// classifier alone, to rounding; the bits do not depend on the number of threads.
class ProbeTrainer {
 public:
  ProbeTrainer() = default;
  ProbeTrainer(const ProbeTrainer&) = delete;
  ProbeTrainer& operator=(const ProbeTrainer&) = delete;
  virtual ~ProbeTrainer() = default;

  /// The number P of classifiers.
  [[nodiscard]] virtual Index size() const = 0;
  /// Makes one step of every classifier on the batch x [B × (d + 1)] with classes y. `anneal` multiplies the
  /// learning rates.
  virtual void step(MatrixView<const float> x, std::span<const Label> y, double anneal) = 0;
  /// The loss of each classifier, −log softmax(z)_y before each step, summed over all rows since the last
  /// call.
  virtual std::vector<double> take_losses() = 0;
  /// Evaluates every classifier on held-out rows. O(n d C P).
  [[nodiscard]] virtual Buffer<HeldOut> evaluate(AnyRows rows, std::span<const Label> truth) = 0;
  /// Continues with the classifiers at these places only (ascending).
  virtual void keep(std::span<const std::size_t> places) = 0;
  [[nodiscard]] virtual LinearClassifier classifier(Index place) const = 0;
};

}  // namespace shoal
