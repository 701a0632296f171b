// No balancing.
#pragma once

#include <shoal/balancing/balancer.hpp>

namespace shoal {

/// A balancer that adds nothing, for objectives that balance by themselves (TEMI, by its marginal) and for
/// k-means without size bounds.
struct NoBalance {
  static constexpr const char* name = "none";
  static constexpr bool active = false;

  template <class Team>
  SHOAL_HD float penalty(const Team& team, const float* marginal, float* gradient) const {
    team.each([=](auto c) { c.store(gradient, c.load(marginal) * 0.f); });
    return 0.f;
  }
};
static_assert(Balancer<NoBalance>);

}  // namespace shoal
