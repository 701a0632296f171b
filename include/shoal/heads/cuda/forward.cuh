// The forward pass of heads on the GPU: products, and the kernels of heads/cuda/layers.cuh between them.
#pragma once

#include <vector>

#include <shoal/backend/gpu_products.cuh>
#include <shoal/heads/cuda/layers.cuh>
#include <shoal/heads/cuda/plan.cuh>
#include <shoal/heads/shape.hpp>

namespace shoal {

/// The activations of rows in the layers of heads of one kind, or their derivatives. The first layers of all
/// heads are stored side by side; for the layers after the first there is room for one head at a time.
template <class Rt> class GpuActivations {
 public:
  GpuActivations(GpuStream<Rt>& stream, const HeadShape& shape, Index rows) : shape_(shape), rows_(rows) {
    for (Index l = 0; l < shape.layers(); ++l) layers_.emplace_back(stream, rows * activation_cols(shape, l));
  }

  /// Sets the number of rows that follow, at most as many as there is room for.
  void set_rows(Index rows) { rows_ = rows; }

  /// The first layer of all heads.
  [[nodiscard]] MatrixView<float> wide() { return layers_[0].view(rows_, activation_cols(shape_, 0)); }
  /// Layer l of head h; the last one is the bottleneck.
  [[nodiscard]] MatrixView<float> layer(Index l, Index h) {
    const auto all = layers_[static_cast<std::size_t>(l)].view(rows_, activation_cols(shape_, l));
    return l == 0 ? all.columns(h * shape_.outputs(0), shape_.outputs(0)) : all;
  }
  [[nodiscard]] MatrixView<float> bottleneck(Index h) { return layer(shape_.layers() - 1, h); }

 private:
  const HeadShape& shape_;
  Index rows_;
  std::vector<DeviceArray<Rt, float>> layers_;
};

/// Heads of one kind, students or teachers: their parameters, and the forward pass of rows. `products` and
/// `shape` must outlive it.
template <class Rt> class GpuNetwork {
 public:
  /// For up to `rows` rows at a time; the caller fills the parameters.
  GpuNetwork(GpuProducts<Rt>& products, const HeadShape& shape, Index rows)
      : products_(products),
        shape_(shape),
        parameters_(products.stream(), shape.size()),
        weight_(products.stream(), padded(shape.clusters) * shape.bottleneck()),
        lengths_(products.stream(), rows),
        output_(products.stream(), shape, rows) {
    stream().zero(weight_.data(), weight_.size());
  }

  [[nodiscard]] float* parameters() { return parameters_.data(); }
  [[nodiscard]] GpuActivations<Rt>& output() { return output_; }
  /// The norms of the rows of the last other_layers(), before normalisation.
  [[nodiscard]] const float* lengths() const { return lengths_.data(); }
  /// The weights w_c of the last layer in the last last_layer(), padded with zeros.
  [[nodiscard]] MatrixView<const float> weight() const {
    return weight_.view(padded(shape_.clusters), shape_.bottleneck());
  }
  [[nodiscard]] HeadView<const float> head(Index h) const { return {&shape_, parameters_.data(), h}; }

  /// Computes the first layers of all heads in one product, and the derivative of GELU if requested.
  void first_layer(MatrixView<const float> x, GpuActivations<Rt>* derivative = nullptr) {
    const MatrixView<float> wide = output_.wide();
    const MatrixView<const float> weight(parameters_.data() + shape_.weight_offset(0), wide.cols,
                                         shape_.features);
    products_(x, {weight, true}, wide);
    if (shape_.layers() > 1)
      stream().launch(block_per_item(wide.rows), AddBiasGelu{},
                      std::as_const(parameters_).data() + shape_.bias_offset(0), wide,
                      derivative != nullptr ? derivative->wide() : MatrixView<float>{});
  }

  /// Computes the layers of head h after the first; the normalised rows of the bottleneck go to `unit`.
  void other_layers(Index h, MatrixView<float> unit, GpuActivations<Rt>* derivative = nullptr) {
    const Index last = shape_.layers() - 1;
    for (Index l = 1; l <= last; ++l) {
      const MatrixView<float> y = l == last ? unit : output_.layer(l, h);
      products_(output_.layer(l - 1, h), {head(h).weight(l), true}, y);
      if (l < last)
        stream().launch(block_per_item(y.rows), AddBiasGelu{}, head(h).bias(l), y,
                        derivative != nullptr ? derivative->layer(l, h) : MatrixView<float>{});
    }
    stream().launch(warp_per_item(unit.rows), AddBiasNormalize{}, head(h).bias(last), unit, lengths_.data());
  }

  /// logits ← unit · wᵀ with w_c = g_c v_c / ‖v_c‖ of head h; not yet divided by a temperature. Both are
  /// padded.
  void last_layer(Index h, MatrixView<const float> unit, MatrixView<float> logits) {
    stream().launch(warp_per_item(shape_.clusters), UnitDirections{}, head(h).directions(), head(h).gains(),
                    weight_.view(shape_.clusters, shape_.bottleneck()));
    products_(unit, {weight(), true}, logits);
  }

 private:
  [[nodiscard]] GpuStream<Rt>& stream() { return products_.stream(); }

  GpuProducts<Rt>& products_;
  const HeadShape& shape_;
  DeviceArray<Rt, float> parameters_, weight_, lengths_;
  GpuActivations<Rt> output_;
};

}  // namespace shoal
