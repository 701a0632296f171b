// Rows through heads on the GPU: products, and between them the kernels of backend/cuda_layers.cuh.
#pragma once

#include <type_traits>
#include <vector>

#include <shoal/backend/cuda_layers.cuh>
#include <shoal/backend/cuda_memory.cuh>
#include <shoal/backend/cuda_plan.cuh>
#include <shoal/heads/shape.hpp>

namespace shoal {

/// The activations of rows under heads of one kind, students or teachers. The first layers of all heads
/// lie side by side; of the layers after it, there is room for one head at a time.
template <class Rt> class GpuActivations {
 public:
  GpuActivations(GpuStream<Rt>& stream, const HeadShape& shape, Index rows)
      : shape_(shape), rows_(rows), lengths_(stream, rows) {
    for (Index l = 0; l < shape.layers(); ++l) layers_.emplace_back(stream, rows * activation_cols(shape, l));
  }

  /// How many rows pass from now on: at most as many as there is room for.
  void set_rows(Index rows) { rows_ = rows; }

  /// The first layer of all heads.
  [[nodiscard]] MatrixView<float> wide() { return layers_[0].view(rows_, activation_cols(shape_, 0)); }
  /// Layer l of head h; the last is the bottleneck.
  [[nodiscard]] MatrixView<float> layer(Index l, Index h) {
    const auto all = layers_[static_cast<std::size_t>(l)].view(rows_, activation_cols(shape_, l));
    return l == 0 ? all.columns(h * shape_.outputs(0), shape_.outputs(0)) : all;
  }
  [[nodiscard]] float* lengths() { return lengths_.data(); }

 private:
  const HeadShape& shape_;
  Index rows_;
  std::vector<DeviceArray<Rt, float>> layers_;
  DeviceArray<Rt, float> lengths_;
};

/// The first layers of all heads in one product; GELU's slope where wanted. `any` is a view of any of the
/// heads.
template <class Rt>
void first_layer(GpuStream<Rt>& stream, HeadView<const float> any, MatrixView<const float> x,
                 GpuActivations<Rt>& out, std::type_identity_t<GpuActivations<Rt>>* slope) {
  const HeadShape& shape = *any.shape;
  const MatrixView<float> wide = out.wide();
  stream.product(x, {{any.values + shape.weight_offset(0), wide.cols, shape.features}, true}, wide);
  if (shape.layers() > 1)
    stream.launch(thread_per_item(wide.rows * wide.cols), AddBiasGelu{}, any.values + shape.bias_offset(0),
                  wide, slope != nullptr ? slope->wide() : MatrixView<float>{});
}

/// The layers of one head after the first; the rows of the bottleneck, of length one, go to `unit`.
template <class Rt>
void other_layers(GpuStream<Rt>& stream, HeadView<const float> head, GpuActivations<Rt>& out,
                  std::type_identity_t<GpuActivations<Rt>>* slope, MatrixView<float> unit) {
  const Index last = head.shape->layers() - 1;
  for (Index l = 1; l <= last; ++l) {
    const MatrixView<float> y = l == last ? unit : out.layer(l, head.head);
    stream.product(MatrixView<const float>(out.layer(l - 1, head.head)), {head.weight(l), true}, y);
    if (l < last)
      stream.launch(thread_per_item(y.rows * y.cols), AddBiasGelu{}, head.bias(l), y,
                    slope != nullptr ? slope->layer(l, head.head) : MatrixView<float>{});
  }
  stream.launch(warp_per_item(unit.rows), AddBiasNormalize{}, head.bias(last), unit, out.lengths());
}

/// logits ← unit · wᵀ with w_c = g_c v_c / ‖v_c‖, left in `weight`; not yet divided by a temperature.
template <class Rt>
void last_layer(GpuStream<Rt>& stream, HeadView<const float> head, DeviceArray<Rt, float>& weight,
                MatrixView<const float> unit, MatrixView<float> logits) {
  const MatrixView<float> w = weight.view(head.shape->clusters, head.shape->bottleneck());
  stream.launch(warp_per_item(w.rows), UnitDirections{}, head.directions(), head.gains(), w);
  stream.product(unit, {w, true}, logits);
}

}  // namespace shoal
