// Balancing by the entropy of the batch marginal.
#pragma once

#include <shoal/balancing/balancer.hpp>

namespace shoal {

/// α Σ_c P_c log P_c, the negative entropy of the batch marginal; slope α (log P_c + 1). Least at P = 1/C,
/// where it is −α log C (Van Gansbeke et al., ECCV 2020). Entries below 1e-30 count as 1e-30 in the
/// logarithm: a cluster that no row of the batch is near has a large but finite slope.
struct MarginalEntropy {
  static constexpr bool active = true;

  float alpha = 5.f;

  template <class Team> SHOAL_HD float penalty(const Team& team, const float* marginal, float* slope) const {
    const float a = alpha;
    return a * team.sum([=](auto c) {
      const auto p = c.load(marginal);
      const auto log_p = log(vector_max(p, p * 0.f + 1e-30f));
      c.store(slope, (log_p + 1.f) * a);
      return p * log_p;
    });
  }
};
static_assert(Balancer<MarginalEntropy>);

}  // namespace shoal
