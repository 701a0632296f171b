// The state of a training that a checkpoint stores.
#pragma once

#include <vector>

#include <shoal/heads/engine.hpp>
#include <shoal/heads/guards.hpp>
#include <shoal/heads/settings.hpp>

namespace shoal {

/// Why a training ended.
enum class HeadStop {
  finished,  ///< all epochs are done
  asked,     ///< the hook asked to stop
};

/// A training in progress.
struct Training {
  HeadState state;                     ///< parameters and moments
  EpochSums sums;                      ///< sums over the current epoch
  std::vector<HeadEpoch> history;      ///< one record for each completed epoch
  Index step = 0;                      ///< number of steps done
  HeadStop stop = HeadStop::finished;  ///< why it ended

  Training(const HeadSettings& settings, Index features)
      : state(settings.shape(features), settings.seed, settings.needs.teacher),
        sums(settings.heads, settings.clusters) {}

  /// The head with the lowest mean loss in the last completed epoch, or in the current one if none is
  /// complete.
  [[nodiscard]] Index best_head() const {
    if (!history.empty()) return history.back().best_head;
    return sums.steps > 0 ? sums.finish().best_head : 0;
  }
};

}  // namespace shoal
