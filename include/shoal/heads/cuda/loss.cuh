// The GPU kernels of a step's loss: batch statistics, marginals, and the rows' losses with their gradients,
// by the same row maths as on the CPU. A batch is B rows x followed by their B partners.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/balancing/balancer.hpp>
#include <shoal/core/scored.hpp>
#include <shoal/heads/moving_average.hpp>
#include <shoal/heads/pair_agreement.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// The log-partitions of all 2B rows, their probabilities, and (unless null) the agreement Σ_c q(c|x) q(c|x′)
/// of each pair. One team for each pair.
template <class By> struct PairStatistics {
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, MatrixView<float> probs,
                           float* log_partitions, float* agreement) const {
    const Index b = By::row(exec), batch = logits.rows / 2;
    if (b >= batch) return;
    const auto team = By::team(exec, logits.cols);
    float *own = probs.row(b), *partner = probs.row(batch + b);
    const float own_partition = softmax(team, logits.row(b), scale, own);
    const float partner_partition = softmax(team, logits.row(batch + b), scale, partner);
    if (By::leads(exec)) log_partitions[b] = own_partition, log_partitions[batch + b] = partner_partition;
    if (agreement == nullptr) return;
    const float sum = pair_agreement(team, own, partner);
    if (By::leads(exec)) agreement[b] = sum;
  }
};

/// The log-partitions of rows alone. One team for each row.
template <class By> struct LogPartitions {
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, float* log_partitions) const {
    const Index i = By::row(exec);
    if (i >= logits.rows) return;
    const float value = log_partition(By::team(exec, logits.cols), logits.row(i), scale);
    if (By::leads(exec)) log_partitions[i] = value;
  }
};

/// Moves the running marginal towards the mean of both views' marginals. One thread for each cluster.
struct MoveMarginal {
  float momentum;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> mean, float* marginal) const {
    const Index c = thread_item(exec);
    if (c < mean.cols) move_marginal(At<float>{c}, mean.row(0), mean.row(1), momentum, marginal);
  }
};

/// out ← the logarithm of the marginal. One thread for each cluster.
struct LogMarginal {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* marginal, Index clusters, float* out) const {
    const Index c = thread_item(exec);
    if (c < clusters) out[c] = log_marginal(marginal[c]);
  }
};

/// mean ← the mean over the heads of [H × B], in double. One thread for each pair.
struct MeanOverHeads {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> agreement, float* mean) const {
    const Index b = thread_item(exec);
    if (b >= agreement.cols) return;
    double sum = 0;
    for (Index h = 0; h < agreement.rows; ++h) sum += static_cast<double>(agreement(h, b));
    mean[b] = static_cast<float>(sum / static_cast<double>(agreement.rows));
  }
};

/// *out ← scale · Σ values + *start (0 if null), in double. One block; the order of the sum is fixed.
struct SumAll {
  double scale;

  template <class Exec, class From, class To>
  SHOAL_HD void operator()(Exec& exec, const From* values, Index count, const double* start, To* out) const {
    double sum = 0;
    for (Index i = exec.thread(); i < count; i += exec.threads()) sum += static_cast<double>(values[i]);
    sum = block_reduce(exec, sum, Plus{});
    if (exec.thread() == 0) *out = static_cast<To>(scale * sum + (start != nullptr ? *start : 0.0));
  }
};

/// *penalty ← the mean of both views' penalties; writes their gradients to balance [2 × C]. One block.
template <Balancer Bal> struct BalanceViews {
  Bal balancer;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> marginals, MatrixView<float> balance,
                           double* penalty) const {
    const BlockTeam<Exec> team{exec, marginals.cols};
    const double first = static_cast<double>(balancer.penalty(team, marginals.row(0), balance.row(0)));
    const double second = static_cast<double>(balancer.penalty(team, marginals.row(1), balance.row(1)));
    if (exec.thread() == 0) *penalty = 0.5 * first + 0.5 * second;
  }
};

/// The loss, its gradient by the logits, and the most likely cluster of every row of a batch under one head.
/// One team for each row.
template <class By, Objective Obj> struct DescendRows {
  Obj objective;
  float scale, partner_scale;  ///< 1/τ of the student and of the partner
  float factor;                ///< 1/(2B H τ)

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, MatrixView<const float> probs,
                           const float* log_partitions, MatrixView<const float> partner,
                           const float* partner_partitions, const float* log_marginal, const float* agreement,
                           const float* heads_agreement, const float* batch_agreement,
                           MatrixView<const float> balance, MatrixView<float> gradient, double* loss,
                           Label* labels) const {
    const Index i = By::row(exec), batch = logits.rows / 2;
    if (i >= logits.rows) return;
    const Index view = i / batch, b = i % batch, other = (1 - view) * batch + b;
    const auto team = By::team(exec, logits.cols);
    const float* row = logits.row(i);
    const PairRow pair{{row, scale, log_partitions[i]},
                       probs.row(i),
                       {partner.row(other), partner_scale, partner_partitions[other]},
                       log_marginal,
                       agreement != nullptr ? agreement[b] : 1.f,
                       heads_agreement != nullptr ? heads_agreement[b] : 1.f,
                       batch_agreement != nullptr ? *batch_agreement : 1.f};
    const float* pull = balance.data != nullptr ? balance.row(view) : nullptr;
    const float value = row_gradient(team, objective, pair, pull, factor, gradient.row(i));
    std::uint64_t best = 0;
    team.each([&](auto c) {
      const std::uint64_t word = scored(c.load(row), c.c);
      best = best > word ? best : word;
    });
    best = By::reduce(exec, best, Largest{});
    if (By::leads(exec)) loss[i] = static_cast<double>(value), labels[i] = id_of(best);
  }
};

}  // namespace shoal
