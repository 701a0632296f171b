// A training under way: all that a checkpoint keeps.
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

/// A training under way, and what is left of it when it ends.
struct Training {
  HeadState state;
  EpochSums sums;                  ///< of the epoch under way
  std::vector<HeadEpoch> history;  ///< of the epochs done
  Index step = 0;                  ///< steps done
  HeadStop stop = HeadStop::finished;

  Training(const HeadSettings& settings, Index features)
      : state(settings.shape(features), settings.seed, settings.needs.teacher),
        sums(settings.heads, settings.clusters) {}

  /// The head with the lowest mean loss of the last epoch; of the one under way where none is done.
  [[nodiscard]] Index best_head() const {
    if (!history.empty()) return history.back().best_head;
    return sums.steps > 0 ? sums.finish().best_head : 0;
  }
};

}  // namespace shoal
