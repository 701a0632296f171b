// The GPU kernels of a step's loss: the rows' log-partitions and agreements, balancing, and the losses with
// their gradients, by the same row maths as on the CPU. A batch is B rows x followed by their B partners. By
// (backend/gpu_row_storage.cuh) determines where a kernel keeps a row; rows of logits in memory may be longer
// than C.
#pragma once

#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_row_storage.cuh>
#include <shoal/balancing/balancer.hpp>
#include <shoal/core/scored.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// The log-partitions of all 2B rows, and the agreement Σ_c q(c|x) q(c|x′) of each pair. One team for each
/// pair; reads the logits once.
template <class By> struct PairStatistics {
  static constexpr int threads = By::threads;
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, float* log_partitions,
                           float* agreement) const {
    const Index b = By::row(exec), batch = logits.rows / 2;
    if (b >= batch) return;
    const auto team = By::team(exec, logits.cols);
    typename By::Room own_room, partner_room;
    const float* own = By::take(team, logits.row(b), own_room);
    const float* partner = By::take(team, logits.row(batch + b), partner_room);
    const LogProbs p{own, scale, log_partition(team, own, scale)};
    const LogProbs q{partner, scale, log_partition(team, partner, scale)};
    const float sum = team.sum([=](auto c) { return exp(p.log(c) + q.log(c)); });
    if (!By::leads(exec)) return;
    log_partitions[b] = p.log_partition, log_partitions[batch + b] = q.log_partition;
    agreement[b] = sum;
  }
};

/// The log-partitions of rows. One team for each row; reads the logits once.
template <class By> struct LogPartitions {
  static constexpr int threads = By::threads;
  float scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, float* log_partitions) const {
    const Index i = By::row(exec);
    if (i >= logits.rows) return;
    const auto team = By::team(exec, logits.cols);
    typename By::Room room;
    const float value = log_partition(team, By::take(team, logits.row(i), room), scale);
    if (By::leads(exec)) log_partitions[i] = value;
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
/// One team for each row. The log-partitions are computed again from the rows, which costs less than to read
/// probabilities. The gradient is written to `rounded` (Narrow) if that has data. Only rows in memory need
/// room in `probs`, and a `gradient` besides `rounded`.
template <class By, Objective Obj, bool balanced> struct DescendRows {
  static constexpr int threads = By::threads;
  Obj objective;
  float scale, partner_scale;  ///< 1/τ of the student and of the partner
  float factor;                ///< 1/(2B H τ)
  Narrow narrow;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> logits, MatrixView<const float> partners,
                           const float* log_marginal, const float* agreement, const float* heads_agreement,
                           const float* batch_agreement, MatrixView<const float> balance,
                           MatrixView<float> probs, MatrixView<float> gradient,
                           MatrixView<std::uint16_t> rounded, double* loss, Label* labels) const {
    const Index i = By::row(exec), batch = logits.rows / 2;
    if (i >= logits.rows) return;
    const Index view = i < batch ? 0 : 1, b = i - view * batch;
    const auto team = By::team(exec, logits.cols);
    typename By::Room own_room, partner_room, marginal_room, balance_room, probs_room, gradient_room;
    const float* row = By::take(team, logits.row(i), own_room);
    const float* partner = By::take(team, partners.row((1 - view) * batch + b), partner_room);
    const Label label = most_likely(team, row);
    const LogProbs own{row, scale, log_partition(team, row, scale)};
    const float partner_partition = log_partition(team, partner, partner_scale);
    float *q = nullptr, *g = By::room(gradient.row(i), gradient_room);
    if constexpr (reads_probs<Obj>()) {
      q = By::room(probs.row(i), probs_room);
      team.each([=](auto c) { c.store(q, exp(own.log(c))); });
    }
    const float *marginal = nullptr, *pull = nullptr;  // read late, to need fewer registers
    if constexpr (Obj::marginal) marginal = By::take(team, log_marginal, marginal_room);
    const PairRow pair{own,
                       q,
                       {partner, partner_scale, partner_partition},
                       marginal,
                       agreement != nullptr ? agreement[b] : 1.f,
                       heads_agreement != nullptr ? heads_agreement[b] : 1.f,
                       batch_agreement != nullptr ? *batch_agreement : 1.f};
    const float value = objective.row(team, pair, g);
    if constexpr (balanced) pull = By::take(team, balance.row(view), balance_room);
    const auto prob = [=](auto c) {
      if constexpr (reads_probs<Obj>())
        return c.load(q);
      else
        return exp(own.log(c));
    };
    logits_gradient(team, prob, pull, factor, g);
    if (rounded.data != nullptr) {
      std::uint16_t* to = rounded.row(i);
      team.each([=, this, &team](auto c) { to[team.entry(c)] = narrow(c.load(g)); });
    } else {
      By::put(team, g, gradient.row(i));
    }
    if (By::leads(exec)) loss[i] = static_cast<double>(value), labels[i] = label;
  }

 private:
  template <class Team> SHOAL_HD static Label most_likely(const Team& team, const float* row) {
    std::uint64_t best = 0;
    team.each([&](auto c) {
      const std::uint64_t word = scored(c.load(row), team.entry(c));
      best = best > word ? best : word;
    });
    return id_of(By::reduce(team.exec, best, Largest{}));
  }
};

}  // namespace shoal
