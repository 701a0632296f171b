// The values of a forward pass that the backward pass needs, and the backward pass of a block of rows.
#pragma once

#include <vector>

#include <shoal/heads/cpu/forward.hpp>

namespace shoal {

/// Memory for the activations of `rows` rows under one head, and for the gradients of the loss by them.
class HeadPass {
 public:
  HeadPass(const HeadShape& shape, Index rows, bool backward)
      : unit_(rows, shape.bottleneck()),
        unit_delta_(backward ? rows : 0, shape.bottleneck()),
        length_(static_cast<std::size_t>(rows)) {
    for (Index l = 0; l + 1 < shape.layers(); ++l) {
      hidden_.emplace_back(rows, shape.outputs(l));
      if (backward) delta_.emplace_back(rows, shape.outputs(l));
    }
  }

  /// The destination of the forward pass of rows [first, first + count). The derivatives of GELU use the
  /// memory in which backward() then leaves the deltas.
  [[nodiscard]] Activations rows(Index first, Index count) {
    Activations a;
    for (auto& m : hidden_) a.hidden.push_back(m.view().block(first, count));
    for (auto& m : delta_) a.derivative.push_back(m.view().block(first, count));
    a.unit = unit_.view().block(first, count);
    a.length = length_.data() + first;
    if (unit_delta_.rows() > 0) a.unit_derivative = unit_delta_.view().block(first, count);
    return a;
  }
  /// The output of hidden layer l for all rows. delta(l) is the gradient of the loss by the output of layer l
  /// before GELU or normalisation.
  [[nodiscard]] MatrixView<const float> hidden(Index l) const { return hidden_[static_cast<std::size_t>(l)]; }
  [[nodiscard]] MatrixView<const float> unit() const { return unit_; }
  [[nodiscard]] MatrixView<const float> delta(Index l) const {
    return l < std::ssize(delta_) ? delta_[static_cast<std::size_t>(l)] : unit_delta_;
  }
  /// Calls f(rows) for the rows [first, first + count) of each matrix that the gradients of parameters need.
  template <class F> void each_part(Index first, Index count, const F& f) {
    for (auto* matrices : {&hidden_, &delta_})
      for (auto& m : *matrices) f(m.view().block(first, count));
    f(unit_.view().block(first, count));
    f(unit_delta_.view().block(first, count));
  }
  [[nodiscard]] MatrixView<float> unit_delta(Index first, Index count) {
    return unit_delta_.view().block(first, count);
  }

 private:
  std::vector<Matrix<float>> hidden_, delta_;
  Matrix<float> unit_, unit_delta_;
  Buffer<float> length_;
};

/// The working memory of one thread for backward().
struct BackwardScratch {
  LeftFactor left;
  Buffer<float> product;

  /// Room for a matrix of this shape.
  [[nodiscard]] MatrixView<float> like(MatrixView<const float> m) {
    product.resize(static_cast<std::size_t>(m.rows * m.cols));
    return {product.data(), m.rows, m.cols};
  }
};

/// Computes the deltas of all layers from ∂L/∂logits of the rows [first, first + gradient.rows).
inline void backward(const PackedHead& head, MatrixView<const float> gradient, Index first, HeadPass& pass,
                     BackwardScratch& scratch) {
  const Activations a = pass.rows(first, gradient.rows);
  MatrixView<float> delta = pass.unit_delta(first, gradient.rows);
  const MatrixView<float> by_unit = head.plain() ? scratch.like(delta) : delta;
  for (Index block = 0; block < head.last_blocks(); ++block) {
    const Block b = block_at(gradient.cols, PackedHead::cluster_block, block);
    scratch.left.pack({gradient.columns(b.first, b.count), false});
    multiply_packed(scratch.left, head.last_back(block), by_unit, block == 0 ? Update::assign : Update::add);
  }
  for (Index i = 0; i < delta.rows; ++i) {
    const CpuTeam team{delta.cols};
    if (head.plain())
      multiply_rows(team, by_unit.row(i), delta.row(i));
    else
      normalize_backward(team, a.unit.row(i), a.length[i], delta.row(i));
  }
  for (Index l = head.layers() - 1; l > 0; --l) {
    const MatrixView<float> below = a.derivative[static_cast<std::size_t>(l - 1)];
    const MatrixView<float> product = scratch.like(below);
    scratch.left.pack({delta, false});
    multiply_packed(scratch.left, head.layer_back(l), product, Update::assign);
    for (Index i = 0; i < below.rows; ++i) multiply_rows(CpuTeam{below.cols}, product.row(i), below.row(i));
    delta = below;
  }
}

}  // namespace shoal
