// What the heads minimise, row by row: the concept, and what is common to all its models.
#pragma once

#include <concepts>
#include <type_traits>

#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// A row of log-probabilities as logits and their normaliser: log q(c) = scale · logits[c] − norm, where
/// scale is 1/τ and norm the logarithm of Σ_c exp(scale · logits[c]). Nothing underflows in it.
struct LogProbs {
  const float* logits;  ///< [C]
  float scale;
  float norm;

  template <class F> [[nodiscard]] SHOAL_HD F log(At<F> c) const { return c.load(logits) * scale - norm; }
};

/// One ordered pair (x, x′) under one head, as an objective sees it. In a batch of B pairs each occurs in
/// both orders.
struct PairRow {
  LogProbs own;            ///< log q_s(·|x), the student at x
  const float* own_probs;  ///< [C] q_s(·|x) itself
  LogProbs partner;  ///< log q_t(·|x′), the teacher at x′; the student there where Obj::teacher is false
  const float* log_marginal;  ///< [C] log m(·); null unless Obj::marginal
  float agreement;  ///< Σ_c q_t(c|x) q_t(c|x′) under this head; these three: 1 unless Obj::agreement asks
  float heads_agreement;  ///< its mean over the heads
  float batch_agreement;  ///< its mean over the batch, under this head
};

/// How far an objective looks to weigh a pair: the reach of the agreement Σ_c q_t(c|x) q_t(c|x′) that it
/// reads.
enum class Agreement {
  none,   ///< reads none of the three: no pass over the partners is made before the loss
  pair,   ///< reads `agreement`
  heads,  ///< reads `heads_agreement`: a first pass over all heads
  batch,  ///< reads `batch_agreement`: a first pass over the batch
};

/// What a step minimises: L = 1/(2B) Σ over the B pairs in both orders of l(x, x′), a mean over heads, plus
/// balancing.
///   float row(team, pair, slope) const
/// returns l(x, x′) and writes slope[c] = 2B ∂L/∂ log q_s(c|x), the entries of q_s taken as independent (the
/// chain through the softmax is the caller's, row_gradient below). With a teacher only l(x, x′) depends on
/// q_s(·|x), so slope[c] = ∂l(x, x′)/∂ log q_s(c|x); without one l(x′, x) does too. Agreements of teachers,
/// and marginals, are constants. Laws (tests/laws/objective.hpp): slope agrees with finite differences of L;
/// l and slope are finite for all finite logits; l does not change when classes are permuted; the row is a
/// pure function, the same bits for the same row. Obj::teacher says whether the partner is an averaged
/// teacher, Obj::marginal whether log_marginal is read.
template <class Obj>
concept Objective = std::is_trivially_copyable_v<Obj> &&
    requires(const Obj objective, const AnyTeam team, const PairRow pair, float* slope) {
  { objective.row(team, pair, slope) } -> std::same_as<float>;
  { Obj::teacher } -> std::convertible_to<bool>;
  { Obj::marginal } -> std::convertible_to<bool>;
  { Obj::agreement } -> std::convertible_to<Agreement>;
};

/// The normaliser of a row of logits, log Σ_c exp(scale · logits[c]), and the probabilities themselves into
/// probs[C]. Two reads of the row, one exponential an entry.
template <class Team>
SHOAL_HD float softmax(const Team& team, const float* logits, float scale, float* probs) {
  const float top = team.max([=](auto c) { return c.load(logits) * scale; });
  const float total = team.sum([=](auto c) {
    const auto e = exp(c.load(logits) * scale - top);
    c.store(probs, e);
    return e;
  });
  const float inverse = 1.f / total;
  team.each([=](auto c) { c.store(probs, c.load(probs) * inverse); });
  return top + log(total);
}

/// The normaliser alone. One exponential an entry.
template <class Team> SHOAL_HD float log_normaliser(const Team& team, const float* logits, float scale) {
  const float top = team.max([=](auto c) { return c.load(logits) * scale; });
  return top + log(team.sum([=](auto c) { return exp(c.load(logits) * scale - top); }));
}

/// The softmax probability of one logit of a row, given the row's log_normaliser; rounding may not pass 1.
SHOAL_HD inline float probability(float logit, float scale, float norm) {
  const float p = exp(logit * scale - norm);
  return p < 1 ? p : 1.f;
}

/// The loss of one row and its gradient to the student's logits z = own.logits, balancing included:
///   g_c = slope_c + q_c · balance_c,   gradient[c] = factor · (g_c − q_c Σ_k g_k),   q = q_s(·|x).
/// balance [C] is the balancer's slope ∂penalty/∂P_c at this view's batch marginal, null for none; factor
/// carries 1/(2B H τ). gradient [C] must not overlap its inputs. Returns l(x, x′), without the balancing.
/// O(C).
template <class Team, Objective Obj>
SHOAL_HD float row_gradient(const Team& team, const Obj& objective, const PairRow& pair, const float* balance,
                            float factor, float* gradient) {
  const float* q = pair.own_probs;
  const float loss = objective.row(team, pair, gradient);
  const float total = team.sum([=](auto c) {
    auto g = c.load(gradient);
    if (balance != nullptr) g = g + c.load(q) * c.load(balance);
    c.store(gradient, g);
    return g;
  });
  team.each([=](auto c) { c.store(gradient, (c.load(gradient) - c.load(q) * total) * factor); });
  return loss;
}

}  // namespace shoal
