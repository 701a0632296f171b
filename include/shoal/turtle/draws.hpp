// The random choices of a TURTLE training: the rows of each batch and the initial weights.
#pragma once

#include <cmath>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace shoal {

/// The random choices of a training. Tests replace them by those of the authors' implementation.
class TurtleDraws {
 public:
  TurtleDraws() = default;
  TurtleDraws(const TurtleDraws&) = delete;
  TurtleDraws& operator=(const TurtleDraws&) = delete;
  virtual ~TurtleDraws() = default;

  /// Fills `rows` with distinct rows. Called for steps 0, 1, … in order.
  virtual void batch(Index step, std::span<Index> rows) = 0;
  /// Sets the initial weights [C × (d + 1)] of the label layer of a space; the bias is the last column.
  virtual void encoder(Index space, MatrixView<float> weights) = 0;
  /// Sets the initial weights [C × (d + 1)] of the classifier of a space at a step.
  virtual void classifier(Index step, Index space, MatrixView<float> weights) = 0;
};

/// Random choices from one seed: batches without replacement, weights as in PyTorch's Linear, uniform in ± 1
/// / √d.
class SeededTurtleDraws : public TurtleDraws {
 public:
  SeededTurtleDraws(std::uint64_t seed, Index rows) : seed_(seed), order_(static_cast<std::size_t>(rows)) {
    std::iota(order_.begin(), order_.end(), Index{0});
  }

  void batch(Index step, std::span<Index> rows) override {
    const Philox random(seed_, stream(step, 0));
    for (std::size_t i = 0; i < rows.size(); ++i) {  // Fisher-Yates shuffle, of the first entries only
      const auto left = static_cast<Index>(order_.size() - i);
      std::swap(order_[i], order_[i + static_cast<std::size_t>(random.below(left, i))]);
      rows[i] = order_[i];
    }
  }
  void encoder(Index space, MatrixView<float> weights) override {
    fill(Philox(seed_, stream(-1, space + 1)), weights);
  }
  void classifier(Index step, Index space, MatrixView<float> weights) override {
    fill(Philox(seed_, stream(step, space + 1)), weights);
  }

 private:
  static std::uint64_t stream(Index step, Index use) {
    return 0x70271E0000000000 + (static_cast<std::uint64_t>(step + 1) << 16) +
           static_cast<std::uint64_t>(use);
  }
  static void fill(const Philox& random, MatrixView<float> weights) {
    const double bound = 1 / std::sqrt(static_cast<double>(weights.cols - 1));
    for (Index c = 0; c < weights.rows; ++c)
      for (Index j = 0; j < weights.cols; ++j)
        weights(c, j) = static_cast<float>(
            bound * (2 * random.uniform(static_cast<std::uint64_t>(c * weights.cols + j)) - 1));
  }

  std::uint64_t seed_;
  std::vector<Index> order_;
};

}  // namespace shoal
