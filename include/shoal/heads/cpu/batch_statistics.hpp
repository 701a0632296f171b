// The statistics of a batch of rows under one head: log-partitions, agreements of pairs, marginals. Losses
// that depend on the whole batch, or on all heads, need them before their first row.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/heads/cpu/pair_blocks.hpp>
#include <shoal/heads/pair_agreement.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// Log-partitions, agreements and sums over the batch, computed block by block and merged in the order of
/// blocks.
class BatchStatistics {
 public:
  BatchStatistics(Index batch, Index clusters)
      : batch_(batch),
        log_partition_(static_cast<std::size_t>(2 * batch)),
        agreement_(static_cast<std::size_t>(batch)),
        sums_(2 * block_count(batch, cpu_pair_block), clusters),
        mean_(2, clusters) {}

  /// Adds a group of blocks, given its logits. probs [2 × C] is scratch memory. Safe to call for different
  /// groups at once.
  void add(const PairGroup& group, MatrixView<const float> logits, float scale, MatrixView<float> probs) {
    group.each_block([&](Index block, PairRows rows, Index at) {
      this->add_block(block, rows, logits.block(at, rows.count()), scale, probs);
    });
  }

  /// Calls f(values) for all places of what add() computes for these blocks.
  template <class F> void each_part(Block blocks, const F& f) {
    const Index first = cpu_pair_block * blocks.first;
    const Index end = std::min(cpu_pair_block * (blocks.first + blocks.count), batch_);
    if (blocks.count == 0) return;
    const auto place = [](auto* data, Index from, Index to) {
      return std::span(data + from, static_cast<std::size_t>(to - from));
    };
    f(place(log_partition_.data(), 2 * first, 2 * end));
    f(place(agreement_.data(), first, end));
    const Index C = sums_.cols();
    f(place(sums_.data(), 2 * blocks.first * C, 2 * (blocks.first + blocks.count) * C));
  }

  /// The marginal of each view, [2 × C]. To be called after all blocks have been added.
  const Matrix<float>& merge() {
    std::vector<double> sum(static_cast<std::size_t>(mean_.cols()));
    for (Index view = 0; view < 2; ++view) {
      std::fill(sum.begin(), sum.end(), 0.0);
      for (Index block = view; block < sums_.rows(); block += 2)
        for (Index c = 0; c < mean_.cols(); ++c)
          sum[static_cast<std::size_t>(c)] += static_cast<double>(sums_(block, c));
      for (Index c = 0; c < mean_.cols(); ++c)
        mean_(view, c) = static_cast<float>(sum[static_cast<std::size_t>(c)] / static_cast<double>(batch_));
    }
    return mean_;
  }

  /// [2B] in the order of the blocks' rows.
  [[nodiscard]] const float* log_partition() const { return log_partition_.data(); }
  [[nodiscard]] const float* agreement() const { return agreement_.data(); }  ///< [B] in the order of pairs
  [[nodiscard]] const Matrix<float>& mean() const { return mean_; }
  [[nodiscard]] float mean_agreement() const {
    double sum = 0;
    for (const float a : agreement_) sum += static_cast<double>(a);
    return static_cast<float>(sum / static_cast<double>(batch_));
  }

 private:
  void add_block(Index block, PairRows rows, MatrixView<const float> logits, float scale,
                 MatrixView<float> probs) {
    const CpuTeam team{logits.cols};
    float *own = probs.row(0), *partner = probs.row(1);
    float *own_sum = sums_.row(2 * block), *partner_sum = sums_.row(2 * block + 1);
    std::fill_n(own_sum, 2 * logits.cols, 0.f);
    for (Index i = 0; i < rows.pairs; ++i) {
      log_partition_[static_cast<std::size_t>(rows.first + i)] = softmax(team, logits.row(i), scale, own);
      log_partition_[static_cast<std::size_t>(rows.first + rows.pairs + i)] =
          softmax(team, logits.row(rows.pairs + i), scale, partner);
      agreement_[static_cast<std::size_t>(rows.first / 2 + i)] =
          pair_agreement(team, own, partner, [=](auto c, auto p, auto q) {
            c.store(own_sum, c.load(own_sum) + p);
            c.store(partner_sum, c.load(partner_sum) + q);
          });
    }
  }

  Index batch_;
  Buffer<float> log_partition_, agreement_;
  Matrix<float> sums_;  // [2 · blocks × C]: view 0 and view 1 of each block
  Matrix<float> mean_;  // [2 × C]
};

}  // namespace shoal
