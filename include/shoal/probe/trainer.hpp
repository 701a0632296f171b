// SGD with momentum on many softmax classifiers side by side. They share the batches, so that the products
// are wide.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/probe/probe_trainer.hpp>

namespace shoal {

/// z [C] ← (softmax(z) − onehot(y)) · scale, the gradient of the cross-entropy. Returns −log softmax(z)_y.
/// NaN propagates.
inline float softmax_gradient(float* z, Index classes, Label y, float scale) {
  const CpuTeam team{classes};
  const float top = team.max([&](auto at) { return at.load(z); }), own = z[y];
  const float total = team.sum([&](auto at) {
    const auto e = exp(at.load(z) - top);
    at.store(z, e);
    return e;
  });
  team.each([&, share = scale / total](auto at) { at.store(z, at.load(z) * share); });
  z[y] -= scale;
  return log(total) + top - own;
}

/// Trains P classifiers together. Their weights are one matrix [(d + 1) × P C] whose last row holds the
/// biases; velocities alike. A step computes the scores of blocks of rows and turns them into gradients at
/// once; then it computes the gradient of the weights tile by tile, and each tile updates its weights at
/// once. Tiles depend on shapes only, so the bits are the same for any number of threads.
class GridTrainer final : public ProbeTrainer {
 public:
  GridTrainer(Buffer<SgdPoint> points, Index features, Index classes, double momentum, Workers workers)
      : points_(std::move(points)),
        classes_(classes),
        momentum_(static_cast<float>(momentum)),
        weights_(features + 1, classes * std::ssize(points_), 0.f),
        velocity_(features + 1, classes * std::ssize(points_), 0.f),
        losses_(points_.size()),
        scratch_(workers.threads()),
        workers_(workers) {}

  [[nodiscard]] Index size() const override { return std::ssize(points_); }

  void step(MatrixView<const float> x, std::span<const Label> y, double anneal) override {
    const Index group = score_group();
    const Index panel = std::max<Index>(1, panel_scores / (x.rows * classes_ * group)) * group;
    for (Index first = 0; first < size(); first += panel) {
      const Index count = std::min(panel, size() - first);
      if (gradients_.rows() != x.rows || gradients_.cols() != count * classes_)
        gradients_ = Matrix<float>(x.rows, count * classes_);
      score(x, y, first, count);
      update(x, first, count, anneal);
    }
  }

  std::vector<double> take_losses() override {
    return std::exchange(losses_, std::vector<double>(points_.size()));
  }

  [[nodiscard]] Buffer<HeldOut> evaluate(AnyRows rows, std::span<const Label> truth) override {
    const Tally tally = workers_.reduce_blocks(
        rows.rows(), block_rows, Tally(points_.size()),
        [&](Block b) { return this->count_right(rows, b, truth.subspan(static_cast<std::size_t>(b.first))); },
        [](Tally& sum, Tally&& part) {
          for (std::size_t p = 0; p < sum.right.size(); ++p) {
            sum.right[p] += part.right[p];
            sum.loss[p] += part.loss[p];
          }
        });
    Buffer<HeldOut> out(points_.size(), {0, std::numeric_limits<double>::infinity()});
    const auto n = static_cast<double>(rows.rows());
    for (std::size_t p = 0; p < out.size(); ++p)
      if (is_finite(tally.loss[p])) out[p] = {static_cast<double>(tally.right[p]) / n, tally.loss[p] / n};
    return out;
  }

  void keep(std::span<const std::size_t> places) override {
    Buffer<SgdPoint> points;
    Matrix<float> weights(weights_.rows(), classes_ * static_cast<Index>(places.size())), velocity = weights;
    for (const std::size_t place : places) {
      const Index to = static_cast<Index>(points.size());
      copy(columns(weights_.view(), static_cast<Index>(place), 1), columns(weights.view(), to, 1));
      copy(columns(velocity_.view(), static_cast<Index>(place), 1), columns(velocity.view(), to, 1));
      points.push_back(points_[place]);
    }
    points_ = std::move(points);
    weights_ = std::move(weights);
    velocity_ = std::move(velocity);
    losses_.assign(points_.size(), 0);
  }

  [[nodiscard]] LinearClassifier classifier(Index place) const override {
    LinearClassifier out{Matrix<float>(weights_.rows(), classes_)};
    copy(columns(weights_.view(), place, 1), out.weights);
    return out;
  }

 private:
  static constexpr Index block_rows = 11 * tile_rows;  // rows of a batch that one task scores
  static constexpr Index gradient_rows = 20 * tile_rows,
                         group_cols = 512;  // tile of the gradient that one task computes
  static constexpr Index panel_scores = Index{1} << 24;

  /// The number of adjacent classifiers whose scores one task computes together.
  [[nodiscard]] Index score_group() const { return std::max<Index>(1, group_cols / classes_); }

  /// The columns of classifiers [first, first + count).
  template <class T> [[nodiscard]] MatrixView<T> columns(MatrixView<T> m, Index first, Index count) const {
    return m.columns(first * classes_, count * classes_);
  }
  static void copy(MatrixView<const float> from, MatrixView<float> to) {
    for (Index i = 0; i < from.rows; ++i) std::copy_n(from.row(i), from.cols, to.row(i));
  }

  /// The number of correct rows and the summed loss of every classifier.
  struct Tally {
    Tally() = default;
    explicit Tally(std::size_t points) : right(points), loss(points) {}
    std::vector<Index> right;
    std::vector<double> loss;
  };

  /// The tally of the rows of one block; y starts at its first row.
  [[nodiscard]] Tally count_right(AnyRows rows, Block b, std::span<const Label> y) const {
    Tally out(points_.size());
    Matrix<float> x(b.count, weights_.rows()), scores(b.count, score_group() * classes_);
    classifier_impl::read_rows(rows, b.first, x);
    for (Index first = 0; first < size(); first += score_group()) {
      const Index count = std::min(score_group(), size() - first);
      multiply({x.view()}, {columns(weights_.view(), first, count)}, columns(scores.view(), 0, count),
               Update::assign);
      for (Index cell = 0; cell < b.count * count; ++cell) {
        const Index i = cell / count, p = cell % count;
        float* z = scores.row(i) + p * classes_;
        const auto place = static_cast<std::size_t>(first + p);
        const Label own = y[static_cast<std::size_t>(i)];
        Label top = 0;
        top_k(std::span<const float>(z, static_cast<std::size_t>(classes_)), std::span(&top, 1));
        out.right[place] += top == own;
        out.loss[place] += static_cast<double>(softmax_gradient(z, classes_, own, 0));
      }
    }
    return out;
  }

  /// gradients_ ← the gradients of the scores of classifiers [first, first + count) for the batch.
  void score(MatrixView<const float> x, std::span<const Label> y, Index first, Index count) {
    const Index blocks = block_count(x.rows, block_rows), groups = block_count(count, score_group());
    Matrix<double> losses(blocks, count, 0.0);
    workers_.each_task(blocks * groups, [&](Index task, int worker) {
      const Block r = block_at(x.rows, block_rows, task / groups),
                  g = block_at(count, score_group(), task % groups);
      const MatrixView<float> z = columns(gradients_.view(), g.first, g.count).block(r.first, r.count);
      multiply({x.block(r.first, r.count)}, {columns(weights_.view(), first + g.first, g.count)}, z,
               Update::assign, scratch_[worker].product);
      for (Index i = 0; i < r.count; ++i)
        for (Index p = 0; p < g.count; ++p)
          losses(r.index, g.first + p) += static_cast<double>(
              softmax_gradient(z.row(i) + p * classes_, classes_, y[static_cast<std::size_t>(r.first + i)],
                               1.f / static_cast<float>(x.rows)));
    });
    for (Index b = 0; b < blocks; ++b)
      for (Index p = 0; p < count; ++p) losses_[static_cast<std::size_t>(first + p)] += losses(b, p);
  }

  /// Computes the gradient xᵀ gradients_ of the weights of classifiers [first, first + count) and updates
  /// them.
  void update(MatrixView<const float> x, Index first, Index count, double anneal) {
    ColumnRates rates;
    for (Index p = first; p < first + count; ++p) {
      const SgdPoint& point = points_[static_cast<std::size_t>(p)];
      const auto columns = static_cast<std::size_t>(classes_);
      rates.learning.insert(rates.learning.end(), columns, static_cast<float>(point.learning_rate * anneal));
      rates.decay.insert(rates.decay.end(), columns, static_cast<float>(point.weight_decay));
    }
    const Index rows = weights_.rows(), cols = count * classes_, across = block_count(cols, group_cols);
    // Tiles of similar height, each of whole register tiles, so that no task has only the row of biases.
    const Index down = block_count(rows, gradient_rows);
    const Index height = block_count(block_count(rows, down), tile_rows) * tile_rows;
    workers_.each_task(block_count(rows, height) * across, [&](Index task, int worker) {
      const Block r = block_at(rows, height, task / across), s = block_at(cols, group_cols, task % across);
      Scratch& scratch = scratch_[worker];
      if (scratch.gradient.rows() == 0) scratch.gradient = Matrix<float>(gradient_rows, group_cols);
      const MatrixView<float> gradient = scratch.gradient.view().block(0, r.count).columns(0, s.count);
      multiply({x.columns(r.first, r.count), true}, {gradients_.view().columns(s.first, s.count)}, gradient,
               Update::assign, scratch.product);
      for (Index i = 0; i < r.count; ++i) step_row(r.first + i, first * classes_, s, gradient.row(i), rates);
    });
  }

  struct ColumnRates {
    std::vector<float> learning, decay;
  };

  /// v ← μ v + ∇ + decay w and w ← w − η v for row i of the weights and columns [column, column + s.count),
  /// where column = panel + s.first; `rates` starts at the panel.
  void step_row(Index i, Index panel, Block s, const float* gradient, const ColumnRates& rates) {
    float *w = weights_.row(i) + panel + s.first, *v = velocity_.row(i) + panel + s.first;
    const float *learning = rates.learning.data() + s.first, *decay = rates.decay.data() + s.first;
    const float decays = i + 1 == weights_.rows() ? 0.f : 1.f;  // the last row is the bias
    CpuTeam{s.count}.each([&](auto at) {
      const auto old = at.load(w);
      const auto next = next_velocity(at.load(v), at.load(gradient), old, at.load(decay) * decays, momentum_);
      at.store(v, next);
      at.store(w, old - at.load(learning) * next);
    });
  }

  struct Scratch {
    ProductScratch product;
    Matrix<float> gradient;
  };

  Buffer<SgdPoint> points_;
  Index classes_;
  float momentum_;
  Matrix<float> weights_, velocity_, gradients_;
  std::vector<double> losses_;  // of each classifier, since they were taken
  FixedArray<Scratch> scratch_;
  Workers workers_;
};

}  // namespace shoal
