// The laws of an objective, on a small batch with one head, by a plain reference step for any model.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <shoal/balancing/balancer.hpp>
#include <shoal/core/random.hpp>
#include <shoal/laws/expect.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal::laws {

/// B pairs with one head: rows [0, B) are x, rows [B, 2B) are x′.
struct PairBatch {
  Index pairs, clusters;
  std::vector<float> student, teacher, log_marginal;
  float scale = 10.f;

  [[nodiscard]] const float* row(const std::vector<float>& logits, Index i) const {
    return logits.data() + i * clusters;
  }
};

inline PairBatch random_batch(Index pairs, Index clusters, std::uint64_t seed, float spread = 0.2f) {
  PairBatch batch{pairs, clusters, {}, {}, {}, 10.f};
  const auto fill = [&](std::vector<float>& v, Index count, std::uint64_t stream) {
    for (Index i = 0; i < count; ++i)
      v.push_back(spread * static_cast<float>(Philox(seed, stream).normal(static_cast<std::uint64_t>(i))));
  };
  fill(batch.student, 2 * pairs * clusters, 1);
  fill(batch.teacher, 2 * pairs * clusters, 2);
  fill(batch.log_marginal, clusters, 3);
  for (float& m : batch.log_marginal) m -= std::log(static_cast<float>(clusters));
  return batch;
}

/// The loss L of a step (one head) and its gradient by all student logits, as defined in objective.hpp. The
/// agreements and the marginal are taken from `frozen`, which is the same batch, or the one around which L is
/// differentiated.
template <class Obj, class Bal>
double step_loss(const Obj& objective, const Bal& balancer, const PairBatch& batch, const PairBatch& frozen,
                 std::vector<float>& gradient) {
  const Index B = batch.pairs, C = batch.clusters;
  const CpuTeam team{C};
  const auto softmax_rows = [&](const PairBatch& from, const std::vector<float>& logits,
                                std::vector<float>& probs) {
    std::vector<float> partition;
    probs.resize(logits.size());
    for (Index i = 0; i < 2 * B; ++i)
      partition.push_back(softmax(team, from.row(logits, i), from.scale, probs.data() + i * C));
    return partition;
  };
  std::vector<float> q, t;
  const std::vector<float> partition = softmax_rows(batch, batch.student, q);
  const PairBatch& reference = Obj::teacher ? frozen : batch;
  const std::vector<float>& partners = Obj::teacher ? reference.teacher : reference.student;
  const std::vector<float> partner_partition = softmax_rows(reference, partners, t);
  std::vector<float> agreement(static_cast<std::size_t>(B));
  for (Index b = 0; b < B; ++b)
    agreement[static_cast<std::size_t>(b)] =
        std::inner_product(t.begin() + b * C, t.begin() + (b + 1) * C, t.begin() + (B + b) * C, 0.f);
  const float batch_agreement =
      std::accumulate(agreement.begin(), agreement.end(), 0.f) / static_cast<float>(B);

  std::vector<float> balance[2];
  double loss = 0;
  for (Index view = 0; view < 2 && Bal::active; ++view) {
    std::vector<float> marginal(static_cast<std::size_t>(C), 0.f);
    for (Index i = view * B; i < (view + 1) * B; ++i)
      for (Index c = 0; c < C; ++c)
        marginal[static_cast<std::size_t>(c)] +=
            q[static_cast<std::size_t>(i * C + c)] / static_cast<float>(B);
    balance[view].resize(marginal.size());
    loss += 0.5 * balancer.penalty(team, marginal.data(), balance[view].data());
  }
  gradient.resize(batch.student.size());
  for (Index i = 0; i < 2 * B; ++i) {
    const Index j = (i + B) % (2 * B);
    const float a = agreement[static_cast<std::size_t>(i % B)];
    const PairRow pair{
        {batch.row(batch.student, i), batch.scale, partition[static_cast<std::size_t>(i)]},
        q.data() + i * C,
        {reference.row(partners, j), reference.scale, partner_partition[static_cast<std::size_t>(j)]},
        Obj::marginal ? batch.log_marginal.data() : nullptr,
        a,
        0.7f * a + 0.1f,
        batch_agreement};
    const float* pull = Bal::active ? balance[i / B].data() : nullptr;
    loss += row_gradient(team, objective, pair, pull, batch.scale / static_cast<float>(2 * B),
                         gradient.data() + i * C) /
            static_cast<double>(2 * B);
  }
  return loss;
}

/// Checks the gradient and the chain rule against central differences of L. Rows are float32: with a step h,
/// the quotient has an error of about ε |L| / h + h² L‴ / 6, which gives h = 0.002 at scale 10 and the
/// tolerance.
template <class Obj, class Bal>
void gradient_is_derivative(const Obj& objective, const Bal& balancer, Index pairs, Index clusters) {
  const PairBatch batch = random_batch(pairs, clusters, 11);
  std::vector<float> gradient, ignored;
  const double loss = step_loss(objective, balancer, batch, batch, gradient);
  const float largest = std::abs(*std::max_element(
      gradient.begin(), gradient.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
  const float h = 2e-3f;
  const double tolerance = 4e-7 * (1 + std::abs(loss)) / h + 5e-3 * static_cast<double>(largest);
  for (std::size_t k = 0; k < gradient.size(); k += 1 + gradient.size() / 97) {
    PairBatch up = batch, down = batch;
    up.student[k] += h;
    down.student[k] -= h;
    const double width = static_cast<double>(up.student[k]) - static_cast<double>(down.student[k]);
    const double quotient = (step_loss(objective, balancer, up, batch, ignored) -
                             step_loss(objective, balancer, down, batch, ignored)) /
                            width;
    expect(std::abs(quotient - static_cast<double>(gradient[k])) < tolerance);
  }
}

/// Checks that results are finite for logits far apart, where probabilities underflow, and that permuting the
/// classes changes nothing but rounding.
template <class Obj, class Bal>
void finite_and_symmetric(const Obj& objective, const Bal& balancer, Index pairs, Index clusters) {
  PairBatch far = random_batch(pairs, clusters, 5, 40.f);
  std::vector<float> gradient;
  expect(std::isfinite(step_loss(objective, balancer, far, far, gradient)));
  for (const float g : gradient) expect(std::isfinite(g));

  const PairBatch batch = random_batch(pairs, clusters, 6);
  PairBatch turned = batch;
  const auto turn = [&](std::vector<float>& v) {
    for (auto row = v.begin(); row != v.end(); row += clusters)
      std::rotate(row, row + clusters / 2, row + clusters);
  };
  turn(turned.student), turn(turned.teacher), turn(turned.log_marginal);
  std::vector<float> other;
  const double loss = step_loss(objective, balancer, batch, batch, gradient);
  expect_near(step_loss(objective, balancer, turned, turned, other), loss, 2e-6);
  expect(step_loss(objective, balancer, batch, batch, other) == loss);
  expect(other == gradient);
}

/// Checks the laws of Objective, together with a balancer. Throws error(invalid_argument) for a law that does
/// not hold.
template <class Obj, class Bal> void obeys_objective(const Obj& objective, const Bal& balancer) {
  for (const Index clusters : {1, 2, 7, 16, 33, 100}) {
    gradient_is_derivative(objective, balancer, 5, clusters);
    finite_and_symmetric(objective, balancer, 4, clusters);
  }
}

}  // namespace shoal::laws
