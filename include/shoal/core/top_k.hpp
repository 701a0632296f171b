// The k best of a row of scores.
#pragma once

#include <span>

#include <shoal/core/config.hpp>

namespace shoal {

/// Writes the places of the best.size() highest scores into `best`, best first, ties to the lower place.
/// Returns their number, which is less than best.size() if there are fewer scores. NaN is never better than a
/// number. With C scores and k = best.size(): O(C) if the best come early, O(C k) at worst; meant for small k
/// (for a stream of blocks see neighbors/top.hpp).
template <class Place> Index top_k(std::span<const float> scores, std::span<Place> best) {
  std::size_t held = 0;
  const auto score = [&](Place at) { return scores[static_cast<std::size_t>(at)]; };
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (held == best.size() && (held == 0 || !(scores[c] > score(best[held - 1])))) continue;
    std::size_t at = held < best.size() ? held++ : held - 1;
    for (; at > 0 && scores[c] > score(best[at - 1]); --at) best[at] = best[at - 1];
    best[at] = static_cast<Place>(c);
  }
  return static_cast<Index>(held);
}

}  // namespace shoal
