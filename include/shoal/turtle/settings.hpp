// The settings of TURTLE, and its result.
#pragma once

#include <cstdint>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// The settings of TURTLE (Gadetsky, Jiang and Brbić, "Let Go of Your Labels with Unsupervised Transfer",
/// ICML 2024), which finds labels that linear classifiers in every space learn easily. `fit(Turtle{.clusters
/// = 100}, rows, backend)`. The defaults are those of the authors' implementation.
struct Turtle {
  Index clusters = 0;           ///< C, to be set
  Index steps = 6000;           ///< T, steps of the labels
  Index inner_steps = 10;       ///< M, steps of the classifiers within each of them
  Index batch = 10'000;         ///< rows of a batch; limited to n
  double learning_rate = 1e-3;  ///< learning rate of the labels
  double inner_rate = 1e-3;     ///< learning rate of the classifiers
  double entropy_weight = 10;   ///< γ, weight of the entropy of the mean label
  std::uint64_t seed = 0;       ///< the same seed gives the same bits
};

/// The two parts of the loss at one step, each summed over the spaces, in nats. A step decreases error − γ
/// entropy.
struct TurtleStep {
  double error = 0;    ///< cross-entropy between the classifiers' predictions and the labels
  double entropy = 0;  ///< entropy of the mean label, H(mean over the batch)
};

/// The result of fit(Turtle).
struct TurtleResult {
  std::vector<Label> labels;            ///< [n] the most likely cluster of each row
  std::vector<float> confidence;        ///< [n] its probability, averaged over the spaces
  std::vector<Matrix<float>> encoders;  ///< one for each space: [C × (d + 1)] weights, the bias last
  std::vector<TurtleStep> steps;        ///< one entry for each step
};

namespace turtle_impl {

inline void check_settings(const Turtle& s, Index n) {
  const char* who = "fit(Turtle)";
  check(s.clusters >= 1 && s.clusters <= n, Errc::invalid_argument, who, ": clusters (", s.clusters,
        ") must be from 1 to the number of rows (", n, ")");
  const auto at_least = [&](Index value, Index least, const char* name) {
    check(value >= least, Errc::invalid_argument, who, ": ", name, " (", value, ") must be at least ", least);
  };
  at_least(s.steps, 1, "steps");
  at_least(s.inner_steps, 1, "inner_steps");
  at_least(s.batch, 1, "batch");
  const auto finite = [&](double value, bool ok, const char* name) {
    check(ok && is_finite(value), Errc::invalid_argument, who, ": ", name, " (", value,
          ") must be finite and not negative");
  };
  finite(s.learning_rate, s.learning_rate >= 0, "learning_rate");
  finite(s.inner_rate, s.inner_rate >= 0, "inner_rate");
  finite(s.entropy_weight, s.entropy_weight >= 0, "entropy_weight");
}

}  // namespace turtle_impl
}  // namespace shoal
