// The batches of a training: the samples of each step, and their rows.
#pragma once

#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>
#include <shoal/io/checksum.hpp>
#include <shoal/sampling/sampler.hpp>

namespace shoal {

/// Writes the rows x and the partners of some samples: a sampler bound to its features, followed by any
/// preparation of rows.
using DrawPairs = std::function<void(std::span<const Index>, Draw, MatrixView<float>, MatrixView<float>)>;

/// The batches of a training in order. Each epoch is a random permutation of the n samples, whose last,
/// incomplete batch is dropped. The contents of a batch are a pure function of seed and step.
class BatchLoader {
 public:
  BatchLoader(Index n, Index batch, std::uint64_t seed, DrawPairs draw)
      : batch_(batch), seed_(seed), draw_(std::move(draw)), order_(static_cast<std::size_t>(n)) {}

  /// Writes the batch of a step to out [2B × d]: the rows x, then their partners.
  void load(Index step, MatrixView<float> out) {
    const Index steps = std::ssize(order_) / batch_;
    shuffle(step / steps);
    const auto ids = std::span<const Index>(order_).subspan(static_cast<std::size_t>(step % steps * batch_),
                                                            static_cast<std::size_t>(batch_));
    draw_(ids, {seed_, epoch_}, out.block(0, batch_), out.block(batch_, batch_));
  }

  /// A checksum of the first batch as drawn, by which a checkpoint distinguishes samplers.
  [[nodiscard]] std::uint64_t first_batch(Index features) {
    Matrix<float> batch(2 * batch_, features);
    load(0, batch);
    return checksum(batch.data(), static_cast<std::size_t>(batch.size()) * sizeof(float));
  }

 private:
  void shuffle(Index epoch) {
    if (epoch == epoch_) return;
    constexpr std::uint64_t stream = 0x6f72646572000000;  // the random stream of this use, one for each epoch
    const Philox random(seed_, stream + static_cast<std::uint64_t>(epoch));
    std::iota(order_.begin(), order_.end(), Index{0});
    for (Index i = std::ssize(order_) - 1; i > 0; --i)
      std::swap(order_[static_cast<std::size_t>(i)],
                order_[static_cast<std::size_t>(random.below(i + 1, static_cast<std::uint64_t>(i)))]);
    epoch_ = epoch;
  }

  Index batch_;
  std::uint64_t seed_;
  DrawPairs draw_;
  std::vector<Index> order_;
  Index epoch_ = -1;
};

}  // namespace shoal
