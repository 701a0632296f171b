// Settings for data sets so small that the official settings stop long before the loss has converged.
#pragma once

#include <algorithm>

#include <shoal/heads/heads.hpp>

namespace shoal {

/// Adapts `settings` to n rows so few (up to about 100,000) that 100 epochs at the official learning rate end
/// while the loss is still decreasing steeply: standardised columns, a rate of 3e-2, and as many epochs as
/// give 1,500 steps, between 25 and 100, of which a fifth is warm-up. Rate and standardisation are those with
/// the lowest training loss on examples/data, for both TEMI and SCANv2 (docs/heads.md has the losses); no
/// labels were used to choose them. Fields that differ from the method's defaults were set by the caller and
/// are kept; so are the settings of objectives without a teacher. Throws invalid_argument unless the batch is
/// in [1, n].
template <class Obj, class Bal> [[nodiscard]] Heads<Obj, Bal> small_data(Heads<Obj, Bal> settings, Index n) {
  check(settings.batch >= 1 && settings.batch <= n, Errc::invalid_argument, "small_data: batch (",
        settings.batch, ") must be between 1 and the ", n, " rows of the features");
  if constexpr (Obj::teacher) {
    constexpr Index steps = 1500;
    const Heads<Obj, Bal> defaults;
    if (settings.epochs == defaults.epochs)
      settings.epochs = std::clamp<Index>(steps / (n / settings.batch), 25, 100);
    if (settings.warmup_epochs == defaults.warmup_epochs) settings.warmup_epochs = settings.epochs / 5;
    if (settings.final_rate == defaults.final_rate)
      settings.final_rate = settings.learning_rate == defaults.learning_rate ? 3e-2 : settings.learning_rate;
    if (settings.learning_rate == defaults.learning_rate) settings.learning_rate = 3e-2;
    settings.standardize = true;
  }
  return settings;
}

}  // namespace shoal
