// SCP: two views of a sample under one student, without a teacher.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// With p = q(·|x), p′ = q(·|x′) and S = 1/B Σ_batch Σ_c p_c p′_c, over both orders of each pair
///   l(x, x′) = −u Σ_c p_c log p′_c − v log S:   consistency plus confidence, of weight 1 each unless
///   ablated.
/// and, through both orders and the batch's S, 2B ∂L/∂ log p_c = −u (p_c log p′_c + p′_c) − 2 v p_c p′_c / S.
/// An S below 1e-30, where no two views agree at all, counts as 1e-30.
/// (The text that introduces SCP names consistency, confidence and balance and says that the last two follow
/// TAC; these formulas are shoal's reading of it. The balance is SummedMarginalEntropy.)
struct ScpObjective {
  static constexpr const char* name = "SCP";
  static constexpr bool teacher = false;
  static constexpr bool marginal = false;
  static constexpr Agreement agreement = Agreement::batch;

  float consistency = 1.f;  ///< u, at least 0; 0 leaves the term out
  float confidence = 1.f;   ///< v, at least 0; 0 leaves the term out

  template <class Visit> void fields(Visit&& visit) const {
    visit("consistency", consistency);
    visit("confidence", confidence);
  }
  /// Throws for a weight that is negative or not finite.
  void validate() const {
    for (const float weight : {consistency, confidence})
      check(weight >= 0 && weight < __builtin_huge_valf(), Errc::invalid_argument,
            "SCP: the weight of a term (", weight, ") must be at least 0 and finite");
  }

  template <class Team> SHOAL_HD float row(const Team& team, const PairRow& pair, float* gradient) const {
    const float* own = pair.own_probs;
    const LogProbs partner = pair.partner;
    const float together = vector_max(pair.batch_agreement, 1e-30f);
    const float follow = consistency, pull = confidence * 2.f / together;
    const float agreed = team.sum([=](auto c) {
      const auto p = c.load(own), log_partner = partner.log(c), p_partner = exp(log_partner);
      const auto cross = p * log_partner;
      c.store(gradient, (cross + p_partner) * -follow - p * p_partner * pull);
      return cross;
    });
    return agreed * -consistency - confidence * log(together);
  }
};
static_assert(Objective<ScpObjective>);

}  // namespace shoal
