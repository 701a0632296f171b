// The settings of a training without the types of its objective and balancer. Engines, plans, the trainer and
// checkpoints are compiled against them, once for all methods.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/heads/schedule.hpp>
#include <shoal/heads/shape.hpp>
#include <shoal/linalg/precision.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// What an objective and a balancer need besides the two rows of a pair.
struct LossNeeds {
  bool teacher = false;   ///< the partner's row is by an averaged teacher, not by the student
  bool marginal = false;  ///< the running marginal of the partner's probabilities
  bool balance = false;   ///< the student's marginal over the batch, for the balancer's penalty
  Agreement agreement = Agreement::none;  ///< the agreement that the objective reads

  /// Whether the statistics of the partner's rows must be known before the first loss.
  [[nodiscard]] bool partner_statistics() const { return marginal || agreement != Agreement::none; }
  /// Whether those of all heads must be known.
  [[nodiscard]] bool all_heads() const { return agreement == Agreement::heads; }
};

/// The fields of Heads (documented in heads/heads.hpp), and the needs of its policies.
struct HeadSettings {
  Index clusters, heads, epochs, batch;
  double learning_rate, final_rate;
  Index warmup_epochs, frozen_epochs;
  double weight_decay;
  Optimizer optimizer;
  double student_temperature, teacher_temperature, teacher_momentum, marginal_momentum;
  std::vector<Index> hidden;
  Index bottleneck;
  bool plain;
  bool standardize;
  Precision precision;
  std::uint64_t seed;
  LossNeeds needs;

  /// The shape of the heads for d features.
  [[nodiscard]] HeadShape shape(Index features) const {
    std::vector<Index> widths = hidden;
    widths.push_back(bottleneck);
    return {features, widths, clusters, heads, plain};
  }
  /// The same settings for another number of heads.
  [[nodiscard]] HeadSettings with_heads(Index count) const {
    HeadSettings other = *this;
    other.heads = count;
    return other;
  }
  /// The learning rate during a training on n samples.
  [[nodiscard]] WarmupCosine schedule(Index n) const {
    const double scale = static_cast<double>(batch) / 256;
    const Index epoch = n / batch;
    return {learning_rate * scale, final_rate * scale, std::min(warmup_epochs, epochs) * epoch,
            epochs * epoch};
  }
  /// The number of rows in a batch: B rows x, then their B partners.
  [[nodiscard]] Index rows() const { return 2 * batch; }
  /// 1/τ of the student; partner_scale() is that of the partner's rows.
  [[nodiscard]] float student_scale() const { return static_cast<float>(1 / student_temperature); }
  [[nodiscard]] float partner_scale() const {
    return static_cast<float>(1 / (needs.teacher ? teacher_temperature : student_temperature));
  }
  /// 1/(2B H τ): the factor from a row's gradient by its log-probabilities to that of the step's loss by its
  /// logits.
  [[nodiscard]] float gradient_scale() const { return student_scale() / static_cast<float>(rows() * heads); }
};

namespace settings_impl {

/// Throws invalid_argument if the schedule has more steps than can be counted.
inline void check_steps(const HeadSettings& s, Index n) {
  constexpr Index most_steps = Index{1} << 53;  // the schedule counts them in double
  check(s.epochs <= most_steps / (n / s.batch), Errc::invalid_argument, "fit: heads settings: epochs (",
        s.epochs, ") times the ", n / s.batch, " steps of an epoch must be at most 2^53");
}

/// Throws too_large if the bytes of parameters or activations exceed what can be counted.
inline void check_sizes(const HeadSettings& s, Index d) {
  const Index bytes = 4 * static_cast<Index>(sizeof(float)) * (std::ssize(s.hidden) + 2);
  Index inputs = d;
  const auto layer = [&](const char* what, Index outputs) {
    (void)checked_product(what, {s.heads, outputs, std::max(inputs, s.rows()), bytes});
    inputs = outputs;
  };
  for (const Index width : s.hidden) layer("fit: heads settings: bytes of heads × hidden × inputs", width);
  layer("fit: heads settings: bytes of heads × bottleneck × inputs", s.bottleneck);
  layer("fit: heads settings: bytes of heads × clusters × bottleneck", s.clusters);
}

}  // namespace settings_impl

/// Throws invalid_argument unless the settings are valid for n rows of d features.
inline void check_settings(const HeadSettings& s, Index n, Index d) {
  const auto at_least = [](Index value, Index least, const char* name) {
    check(value >= least, Errc::invalid_argument, "fit: heads settings: ", name, " (", value,
          ") must be at least ", least);
  };
  const auto within = [](double value, bool ok, const char* name, const std::string& range) {
    check(ok, Errc::invalid_argument, "fit: heads settings: ", name, " (", value, ") must be ", range);
  };
  at_least(d, 1, "features (columns)");
  at_least(s.clusters, 1, "clusters");
  at_least(s.heads, 1, "heads");
  at_least(s.epochs, 1, "epochs");
  at_least(s.warmup_epochs, 0, "warmup_epochs");
  at_least(s.frozen_epochs, 0, "frozen_epochs");
  at_least(s.bottleneck, 1, "bottleneck");
  for (const Index width : s.hidden) at_least(width, 1, "hidden");
  check(s.clusters <= n, Errc::invalid_argument, "fit: heads settings: clusters (", s.clusters,
        ") must not exceed the ", n, " rows of the features");
  check(s.batch >= 1 && s.batch <= n, Errc::invalid_argument, "fit: heads settings: batch (", s.batch,
        ") must be between 1 and the ", n, " rows of the features");
  check(s.clusters <= std::numeric_limits<Label>::max(), Errc::too_large, "fit: heads settings: clusters (",
        s.clusters, ") must fit 32 bits");
  const auto rate = [&](double x) {
    return is_finite(static_cast<float>(x * static_cast<double>(s.batch) / 256));
  };
  const auto temperature = [](double x) { return x >= 1e-30 && x <= 1e30; };
  const auto fraction = [](double x) { return x >= 0 && x < 1; };
  constexpr const char* finite = ", and finite in float32 when times batch / 256";
  within(s.learning_rate, s.learning_rate > 0 && rate(s.learning_rate), "learning_rate",
         std::string("positive") + finite);
  within(s.final_rate, s.final_rate >= 0 && rate(s.final_rate), "final_rate",
         std::string("at least 0") + finite);
  within(s.weight_decay, s.weight_decay >= 0 && is_finite(static_cast<float>(s.weight_decay)), "weight_decay",
         "at least 0 and finite in float32");
  within(s.student_temperature, temperature(s.student_temperature), "student_temperature",
         "in [1e-30, 1e30]");
  within(s.teacher_temperature, temperature(s.teacher_temperature), "teacher_temperature",
         "in [1e-30, 1e30]");
  within(s.teacher_momentum, fraction(s.teacher_momentum), "teacher_momentum", "in [0, 1)");
  within(s.marginal_momentum, fraction(s.marginal_momentum), "marginal_momentum", "in [0, 1)");
  settings_impl::check_steps(s, n);
  settings_impl::check_sizes(s, d);
}

}  // namespace shoal
