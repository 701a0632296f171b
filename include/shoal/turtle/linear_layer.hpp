// A linear layer trained by Adam; the bias is the weight of a last column of ones.
#pragma once

#include <cmath>

#include <shoal/backend/backend.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/heads/weight_norm.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal::turtle_impl {

/// Weights [C × (d + 1)], their gradient, and Adam's first and second moments.
struct Layer {
  Matrix<float> weights, gradient, first, second;

  Layer(Index clusters, Index features)
      : weights(clusters, features + 1),
        gradient(clusters, features + 1),
        first(clusters, features + 1),
        second(clusters, features + 1) {}

  /// Resets the moments to zero.
  void restart() {
    std::fill_n(first.data(), first.size(), 0.f);
    std::fill_n(second.data(), second.size(), 0.f);
  }
  /// gradient ← by_scores^T x, where `by_scores` [B × C] is the gradient of the loss by the scores.
  void gather_gradient(MatrixView<const float> by_scores, MatrixView<const float> x,
                       const AnyBackend& backend) {
    backend.product({by_scores, true}, {x}, gradient.view());
  }
  /// Makes a step of Adam, after `updates` earlier ones.
  void update(double rate, Index updates, Workers workers) {
    const AdamStep step(Optimizer::adam, rate, 0, updates);
    workers.each_block(weights.rows(), 16, [&](Block b, int) {
      const Index from = b.first * weights.cols();
      float *w = weights.data() + from, *m = first.data() + from, *v = second.data() + from;
      const float* g = gradient.data() + from;
      CpuTeam{b.count * weights.cols()}.each([&](auto k) {
        auto mk = k.load(m), vk = k.load(v);
        k.store(w, step(k.load(w), k.load(g), mk, vk));
        k.store(m, mk), k.store(v, vk);
      });
    });
  }
};

/// A layer with weight normalisation (torch.nn.utils.weight_norm): its rows are w = g v / ‖v‖, beside their
/// bias. directions.weights holds v; initially g = ‖v‖.
struct NormedLayer {
  Layer directions;
  Layer gains;              // [C × 1] g
  Matrix<float> effective;  // [C × (d + 1)] w, and the bias

  NormedLayer(Index clusters, Index features)
      : directions(clusters, features), gains(clusters, 0), effective(clusters, features + 1) {}

  [[nodiscard]] Index features() const { return effective.cols() - 1; }
  void start() {
    const CpuTeam team{features()};
    for (Index c = 0; c < effective.rows(); ++c) {
      const float* v = directions.weights.row(c);
      gains.weights(c, 0) = std::sqrt(team.sum([=](auto k) { return k.load(v) * k.load(v); }));
    }
    directions.restart(), gains.restart();
  }
  /// effective ← w, from directions and gains.
  void normalise() {
    for (Index c = 0; c < effective.rows(); ++c) {
      weight_norm(CpuTeam{features()}, directions.weights.row(c), gains.weights(c, 0), effective.row(c));
      effective(c, features()) = directions.weights(c, features());
    }
  }
  /// Makes a step of Adam. directions.gradient holds the gradient by `effective`.
  void update(double rate, Index updates, Workers workers) {
    for (Index c = 0; c < effective.rows(); ++c)
      gains.gradient(c, 0) = weight_norm_backward(CpuTeam{features()}, directions.weights.row(c),
                                                  gains.weights(c, 0), directions.gradient.row(c));
    directions.update(rate, updates, workers);
    gains.update(rate, updates, workers);
  }
};

/// z ← log softmax(z).
inline void log_softmax(float* z, Index size) {
  const CpuTeam team{size};
  const float top = team.max([=](auto c) { return c.load(z); });
  const float norm = top + log(team.sum([=](auto c) { return exp(c.load(z) - top); }));
  team.each([=](auto c) { c.store(z, c.load(z) - norm); });
}

}  // namespace shoal::turtle_impl
