// SCAN's consistency: neighbours should fall into the same cluster.
#pragma once

#include <shoal/objective/pmi.hpp>

namespace shoal {

/// l = −log Σ_c q_s(c|x) q_t(c|x′), that is pair_information with w = β = m = 1 (Van Gansbeke et al., ECCV
/// 2020; with an averaged teacher as SCANv2: Adaloglou et al. 2024, equation 2, first term). Without a
/// Balancer all samples collapse into one cluster. (Equation 2 prints the sign of its balancing term the
/// other way.)
struct ScanObjective {
  static constexpr const char* name = "SCAN";
  static constexpr bool teacher = true;
  static constexpr bool marginal = false;
  static constexpr bool probs = false;
  static constexpr Agreement agreement = Agreement::none;

  template <class Team> SHOAL_HD float row(const Team& team, const PairRow& pair, float* gradient) const {
    return pair_information(team, pair, 1.f, 1.f, nullptr, gradient);
  }
};
static_assert(Objective<ScanObjective>);

}  // namespace shoal
