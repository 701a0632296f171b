// The backward pass through the layers and the update of parameters, on the GPU.
#pragma once

#include <shoal/heads/cuda/column_sums.cuh>
#include <shoal/heads/cuda/forward.cuh>
#include <shoal/heads/parameter_steps.hpp>

namespace shoal {

/// The optimizer of a student's heads: backward() and update_head() head by head, then update_first() for
/// all. Gradients of logits are padded. The teacher (null if there is none) follows as a moving average. All
/// referenced objects must outlive it.
template <class Rt> class GpuLearner {
 public:
  GpuLearner(const HeadSettings& settings, const HeadShape& shape, GpuProducts<Rt>& products,
             GpuNetwork<Rt>& student, float* teacher)
      : shape_(shape),
        products_(products),
        student_(student),
        teacher_(teacher),
        rows_(settings.rows()),
        scale_(gradient_boost(settings)),
        first_(products.stream(), shape.size()),
        second_(products.stream(), shape.size()),
        gradient_(products.stream(), gradient_floats(shape, rows_)),
        bias_sums_(products.stream(), bias_sum_floats(shape, rows_)),
        delta_(products.stream(), shape, rows_) {}

  [[nodiscard]] float* first_moment() { return first_.data(); }
  [[nodiscard]] float* second_moment() { return second_.data(); }
  /// The memory in which the student's forward pass leaves the derivatives of GELU; backward() turns them
  /// into gradients.
  [[nodiscard]] GpuActivations<Rt>& derivatives() { return delta_; }

  /// Computes, from the gradient of head h's logits, the gradient by the output of each layer before GELU or
  /// normalisation.
  void backward(Index h, const Factor& logits_gradient) {
    MatrixView<float> delta = delta_.bottleneck(h);
    products_(logits_gradient, student_.weight(), delta, scale_);
    stream().launch(warp_per_item(rows_), NormalizeBackward{},
                    MatrixView<const float>(student_.output().bottleneck(h)), student_.lengths(), delta);
    for (Index l = shape_.layers() - 1; l > 0; --l) {
      const MatrixView<float> below = delta_.layer(l - 1, h);
      const MatrixView<float> product = gradient_.view(below.rows, below.cols);
      products_(delta, student_.head(h).weight(l), product, scale_);
      stream().launch(block_per_item(below.rows), MultiplyInto{}, MatrixView<const float>(product), below);
      delta = below;
    }
  }

  /// Updates the layers of head h after the first, the last one unless it is frozen. `steps` is on the
  /// device.
  void update_head(Index h, const Factor& logits_gradient, const ParameterSteps* steps, bool last_frozen) {
    for (Index l = shape_.layers() - 1; l > 0; --l)
      update_layer(l, h, delta_.layer(l, h), student_.output().layer(l - 1, h), steps);
    if (last_frozen) return;
    const HeadView<const float> head = student_.head(h);
    const Index K = shape_.bottleneck(), C = shape_.clusters;
    const MatrixView<float> gradient = gradient_.view(padded(C), K);
    float* gains = gradient_.data() + gradient.rows * K;
    products_(logits_gradient.transpose(), student_.output().bottleneck(h), gradient, scale_);
    stream().launch(warp_per_item(C), WeightNormBackward{}, head.directions(), head.gains(),
                    gradient.block(0, C), gains);
    move(&steps->last, gradient.data, shape_.directions_offset() + h * C * K, C * K);
    move(&steps->last, gains, shape_.gains_offset() + h * C, C);
  }
  /// Updates the first layers of all heads at once. x is the batch.
  void update_first(MatrixView<const float> x, const ParameterSteps* steps) {
    update_layer(0, 0, delta_.wide(), x, steps);
  }

 private:
  [[nodiscard]] GpuStream<Rt>& stream() { return products_.stream(); }

  void update_layer(Index l, Index h, MatrixView<const float> delta, MatrixView<const float> input,
                    const ParameterSteps* steps) {
    const Index out = delta.cols, in = input.cols;
    float* biases = gradient_.data() + out * in;
    products_({delta, true}, input, gradient_.view(out, in), scale_);
    const MatrixView<float> sums = bias_sums_.view(column_pieces(rows_), out);
    stream().launch(column_grid(sums), ColumnSums{}, MatrixView<const float>(delta), sums);
    stream().launch(thread_per_item(out), JoinColumnSums{1.f}, MatrixView<const float>(sums),
                    MatrixView<float>(biases, 1, out));
    move(&steps->weights, gradient_.data(), shape_.weight_offset(l) + h * out * in, out * in);
    move(&steps->biases, biases, shape_.bias_offset(l) + h * out, out);
  }
  /// Updates `count` parameters from `offset` on.
  void move(const ParameterUpdate* update, const float* gradient, Index offset, Index count) {
    stream().launch(thread_per_item(count), UpdateParameters{}, update, gradient, count,
                    student_.parameters() + offset, first_.data() + offset, second_.data() + offset,
                    teacher_ != nullptr ? teacher_ + offset : nullptr);
  }

  const HeadShape& shape_;
  GpuProducts<Rt>& products_;
  GpuNetwork<Rt>& student_;
  float* teacher_;
  Index rows_;
  float scale_;
  DeviceArray<Rt, float> first_, second_, gradient_, bias_sums_;
  GpuActivations<Rt> delta_;
};

}  // namespace shoal
