// The parts of a training's memory plan that all engines share.
#pragma once

#include <string>

#include <shoal/core/memory_plan.hpp>
#include <shoal/heads/settings.hpp>

namespace shoal {

/// The size of a HeadState (heads/engine.hpp) in bytes: student, teacher, the optimizer's two moments, and
/// marginals.
[[nodiscard]] inline std::size_t state_bytes(const HeadSettings& settings, const HeadShape& shape) {
  return bytes_for(shape.size() * (settings.needs.teacher ? 4 : 3) + settings.heads * settings.clusters,
                   sizeof(float));
}

/// Throws too_large, with settings that would fit, if the plan of a training exceeds the budget in bytes (0:
/// no limit). plan_of(settings) returns a MemoryPlan.
template <class PlanOf>
void check_training_budget(const HeadSettings& settings, std::size_t budget, const PlanOf& plan_of) {
  if (plan_of(settings).fits(budget)) return;
  const auto fits = [&](Index batch, Index heads) {
    HeadSettings smaller = settings;
    smaller.batch = batch, smaller.heads = heads;
    return plan_of(smaller).fits(budget);
  };
  Index batch = settings.batch, heads = settings.heads;
  while (batch > 0 && !fits(batch, settings.heads)) batch /= 2;
  while (heads > 0 && !fits(settings.batch, heads)) heads /= 2;
  check_budget("fit", plan_of(settings), budget,
               "of a training with clusters " + std::to_string(settings.clusters) + ", heads " +
                   std::to_string(settings.heads) + ", batch " + std::to_string(settings.batch) +
                   ": it would hold batch " + std::to_string(batch) + " or heads " + std::to_string(heads) +
                   " (0: not by this alone)");
}

}  // namespace shoal
