// Balancing by the entropy of the batch marginal.
#pragma once

#include <shoal/balancing/balancer.hpp>
#include <shoal/core/check.hpp>

namespace shoal {

/// α Σ_c P_c log P_c, the negative entropy of the batch marginal; gradient α (log P_c + 1). Least at P = 1/C,
/// where it is −α log C (Van Gansbeke et al., ECCV 2020). Entries below 1e-30 count as 1e-30 in the
/// logarithm, so that the gradient of a cluster without any row in the batch is large but finite. Natural
/// logarithms, O(C).
struct MarginalEntropy {
  static constexpr const char* name = "marginal entropy";
  static constexpr bool active = true;

  float alpha = 5.f;  ///< at least 0

  template <class Visit> void fields(Visit&& visit) const { visit("alpha", alpha); }
  /// Throws for an α that is negative or not finite.
  void validate() const {
    check(alpha >= 0 && alpha < __builtin_huge_valf(), Errc::invalid_argument, "MarginalEntropy: alpha (",
          alpha, ") must be at least 0 and finite");
  }

  template <class Team>
  SHOAL_HD float penalty(const Team& team, const float* marginal, float* gradient) const {
    const float a = alpha;
    return a * team.sum([=](auto c) {
      const auto p = c.load(marginal);
      const auto log_p = log(vector_max(p, p * 0.f + 1e-30f));
      c.store(gradient, (log_p + 1.f) * a);
      return p * log_p;
    });
  }
};
static_assert(Balancer<MarginalEntropy>);

/// α (Σ_c P_c log P_c + Σ_c P′_c log P′_c), summed over both views as in SCP. As a step adds the mean of the
/// two views' penalties, this is MarginalEntropy with 2α.
struct SummedMarginalEntropy {
  static constexpr const char* name = "marginal entropy, summed over views";
  static constexpr bool active = true;

  float alpha = 5.f;  ///< at least 0

  template <class Visit> void fields(Visit&& visit) const { visit("alpha", alpha); }
  /// Throws for an α that is negative or not finite.
  void validate() const { MarginalEntropy{.alpha = alpha}.validate(); }

  template <class Team>
  SHOAL_HD float penalty(const Team& team, const float* marginal, float* gradient) const {
    return MarginalEntropy{.alpha = 2 * alpha}.penalty(team, marginal, gradient);
  }
};
static_assert(Balancer<SummedMarginalEntropy>);

}  // namespace shoal
