// PMI, WPMI and TEMI: pointwise mutual information of a pair, weighted by how much the teachers agree on it.
#pragma once

#include <shoal/core/check.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// l = −w log Σ_c (q_s(c|x) q_t(c|x′))^β / m(c): the decomposition that all of TEMI's family shares
/// (Adaloglou, Michels, Kalisch, Kollmann: "Exploring the limits of deep image clustering using pretrained
/// models", BMVC 2023). With a_c = β (log q_s(c|x) + log q_t(c|x′)) − log m(c),
///   l = −w logsumexp(a),   ∂l/∂ log q_s(c|x) = −w β softmax(a)_c.
/// log_marginal is null for m = 1. Makes three passes over the row and takes one exponential per entry. Pure.
template <class Team>
SHOAL_HD float pair_information(const Team& team, const PairRow& pair, float weight, float beta,
                                const float* log_marginal, float* gradient) {
  const LogProbs own = pair.own, partner = pair.partner;
  const float top = team.max([=](auto c) {
    auto a = (own.log(c) + partner.log(c)) * beta;
    if (log_marginal != nullptr) a = a - c.load(log_marginal);
    c.store(gradient, a);
    return a;
  });
  const float total = team.sum([=](auto c) {
    const auto e = exp(c.load(gradient) - top);
    c.store(gradient, e);
    return e;
  });
  const float factor = -weight * beta / total;
  team.each([=](auto c) { c.store(gradient, c.load(gradient) * factor); });
  return -weight * (top + log(total));
}

/// pair_information with the teacher's running marginal as m. Reach says which agreement is the weight w:
/// none (w = 1) for PMI, that of the head itself for WPMI, the mean over all heads for TEMI.
template <Agreement Reach> struct PointwiseInformation {
  static constexpr const char* name = Reach == Agreement::none   ? "PMI"
                                      : Reach == Agreement::pair ? "WPMI"
                                                                 : "TEMI";
  static constexpr bool teacher = true;
  static constexpr bool marginal = true;
  static constexpr bool probs = false;
  static constexpr Agreement agreement = Reach;

  float beta = 0.6f;  ///< in (0, 1]: below 1 it keeps samples from all joining one cluster; usually above 1/2

  template <class Visit> void fields(Visit&& visit) const { visit("beta", beta); }
  /// Throws for a β outside (0, 1].
  void validate() const {
    check(beta > 0 && beta <= 1, Errc::invalid_argument, name, ": beta (", beta, ") must be in (0, 1]");
  }

  template <class Team> SHOAL_HD float row(const Team& team, const PairRow& pair, float* gradient) const {
    float weight = 1.f;
    if constexpr (Reach == Agreement::pair) weight = pair.agreement;
    if constexpr (Reach == Agreement::heads) weight = pair.heads_agreement;
    return pair_information(team, pair, weight, beta, pair.log_marginal, gradient);
  }
};

using PmiObjective = PointwiseInformation<Agreement::none>;
using WpmiObjective = PointwiseInformation<Agreement::pair>;
using TemiObjective = PointwiseInformation<Agreement::heads>;
static_assert(Objective<PmiObjective> && Objective<WpmiObjective> && Objective<TemiObjective>);

}  // namespace shoal
