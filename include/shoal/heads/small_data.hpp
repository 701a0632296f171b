// Settings for sets on which the official ones stop long before the loss has settled.
#pragma once

#include <algorithm>

#include <shoal/heads/heads.hpp>

namespace shoal {

/// `settings` for n rows so few (up to some 100,000) that 100 epochs at the official rate end while the loss
/// still falls steeply: standardised columns, rate 3e-2, and as many epochs as give 1,500 steps, from 25 to
/// 100, of which a fifth warms up. Rate and standardising are those of the lowest training loss on
/// examples/data, for TEMI and SCANv2 alike (docs/heads.md has the losses); no label was looked at.
/// Fields that differ from the method's defaults, which the caller has set, are kept, and so are the settings
/// of objectives without a teacher. Throws where the batch is not in [1, n].
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
