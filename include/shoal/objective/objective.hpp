// The concept Objective, the loss that heads minimise, and what is common to all objectives.
#pragma once

#include <concepts>
#include <type_traits>

#include <shoal/core/policy.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// scale · row[c], rounded: the largest entry less the largest is 0 on every target, and a single cluster has
/// probability 1.
template <class F> SHOAL_HD inline F scaled(At<F> c, const float* row, float scale) {
  return rounded_product(c.load(row), broadcast<F>(scale));
}

/// A row of log-probabilities, represented by logits and their log-partition: log q(c) = scale · logits[c] −
/// log_partition, where scale is 1/τ and log_partition is log Σ_c exp(scale · logits[c]). Small probabilities
/// do not underflow in this form.
struct LogProbs {
  const float* logits;  ///< [C]
  float scale;          ///< 1/τ
  float log_partition;  ///< log Σ_c exp(scale · logits[c])

  template <class F> [[nodiscard]] SHOAL_HD F log(At<F> c) const {
    return scaled(c, logits, scale) - log_partition;
  }
};

/// One ordered pair (x, x′) under one head, as an objective sees it. In a batch of B pairs each occurs in
/// both orders.
struct PairRow {
  LogProbs own;            ///< log q_s(·|x), the student at x
  const float* own_probs;  ///< [C] q_s(·|x) itself
  LogProbs partner;  ///< log q_t(·|x′), the teacher at x′; the student there where Obj::teacher is false
  const float* log_marginal;  ///< [C] log m(·); null unless Obj::marginal
  float agreement;  ///< Σ_c q_t(c|x) q_t(c|x′) under this head; it and the next two are 1 unless needed
  float heads_agreement;  ///< its mean over the heads
  float batch_agreement;  ///< its mean over the batch, under this head
};

/// Over what the agreement Σ_c q_t(c|x) q_t(c|x′) that an objective reads is averaged.
enum class Agreement {
  none,   ///< reads none of the three: no pass over the partners is made before the loss
  pair,   ///< reads `agreement`
  heads,  ///< reads `heads_agreement`: a first pass over all heads
  batch,  ///< reads `batch_agreement`: a first pass over the batch
};

/// The loss l of one pair. A step minimises L = 1/(2B) Σ l(x, x′) over the B pairs in both orders, averaged
/// over heads, plus balancing.
///   float row(team, pair, gradient) const
/// returns l(x, x′) and writes gradient[c] = 2B ∂L/∂ log q_s(c|x), the entries of q_s taken as independent
/// (the chain through the softmax follows in row_gradient below). With a teacher only l(x, x′) depends on
/// q_s(·|x), so gradient[c] = ∂l(x, x′)/∂ log q_s(c|x); without one l(x′, x) does too. Agreements of
/// teachers, and marginals, are constants. Laws (laws/objective.hpp): gradient agrees with finite
/// differences of L; l and gradient are finite for all finite logits; l does not change when classes are
/// permuted; the row is a pure function, the same bits for the same row. Obj::teacher says whether the
/// partner is an averaged teacher, Obj::marginal whether log_marginal is read, and, if it is there,
/// Obj::probs whether own_probs is read. It is a Policy (core/policy.hpp): it has a name, and names its
/// parameters.
template <class Obj>
concept Objective = Policy<Obj> &&
    requires(const Obj objective, const AnyTeam team, const PairRow pair, float* gradient) {
  { objective.row(team, pair, gradient) } -> std::same_as<float>;
  { Obj::teacher } -> std::convertible_to<bool>;
  { Obj::marginal } -> std::convertible_to<bool>;
  { Obj::agreement } -> std::convertible_to<Agreement>;
};

/// Returns the log-partition of a row of logits, log Σ_c exp(scale · logits[c]), and writes the probabilities
/// to probs[C]. Reads the row twice and takes one exponential per entry.
template <class Team>
SHOAL_HD float softmax(const Team& team, const float* logits, float scale, float* probs) {
  const float top = team.max([=](auto c) { return scaled(c, logits, scale); });
  const float total = team.sum([=](auto c) {
    const auto e = exp(scaled(c, logits, scale) - top);
    c.store(probs, e);
    return e;
  });
  const float inverse = 1.f / total;
  team.each([=](auto c) { c.store(probs, c.load(probs) * inverse); });
  return top + log(total);
}

/// Returns the log-partition of a row of logits. Takes one exponential per entry.
template <class Team> SHOAL_HD float log_partition(const Team& team, const float* logits, float scale) {
  const float top = team.max([=](auto c) { return scaled(c, logits, scale); });
  return top + log(team.sum([=](auto c) { return exp(scaled(c, logits, scale) - top); }));
}

/// The softmax probability of one logit of a row, given the row's log_partition; at most 1 in spite of
/// rounding.
SHOAL_HD inline float probability(float logit, float scale, float log_partition) {
  const float p = exp(rounded_product(logit, scale) - log_partition);
  return p < 1 ? p : 1.f;
}

/// Whether an objective reads own_probs: unless it has Obj::probs = false. Then own_probs may be null.
template <class Obj> constexpr bool reads_probs() {
  if constexpr (requires { Obj::probs; })
    return Obj::probs;
  else
    return true;
}

/// Turns the gradient by log-probabilities in gradient[C] into that by logits: with g_c = gradient[c] + q_c ·
/// balance_c, gradient[c] ← factor · (g_c − q_c Σ_k g_k). q(c) returns the probabilities at a position;
/// balance [C] may be null. O(C).
template <class Team, class Probs>
SHOAL_HD void logits_gradient(const Team& team, const Probs& q, const float* balance, float factor,
                              float* gradient) {
  const float total = team.sum([=](auto c) {
    auto g = c.load(gradient);
    if (balance != nullptr) g = g + q(c) * c.load(balance);
    c.store(gradient, g);
    return g;
  });
  team.each([=](auto c) { c.store(gradient, (c.load(gradient) - q(c) * total) * factor); });
}

/// The loss of one row and its gradient to the student's logits z = own.logits, balancing included:
///   g_c = s_c + q_c · balance_c,   gradient[c] = factor · (g_c − q_c Σ_k g_k),   q = q_s(·|x),
/// where s is the gradient that the objective writes.
/// balance [C] is the balancer's gradient ∂penalty/∂P_c at this view's batch marginal, or null; factor
/// includes 1/(2B H τ). gradient [C] must not overlap its inputs. Returns l(x, x′), without the balancing.
/// O(C).
template <class Team, Objective Obj>
SHOAL_HD float row_gradient(const Team& team, const Obj& objective, const PairRow& pair, const float* balance,
                            float factor, float* gradient) {
  const float loss = objective.row(team, pair, gradient);
  const float* probs = pair.own_probs;
  logits_gradient(
      team, [=](auto c) { return c.load(probs); }, balance, factor, gradient);
  return loss;
}

}  // namespace shoal
