// The shape of heads: the sizes of their layers, and the place of each parameter.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace shoal {

/// The shape of H equal heads. A head is a chain of linear layers with GELU between them; the output of the
/// last of them, the bottleneck, is L2-normalised; C weight-normalised directions w_c = g_c v_c / ‖v_c‖
/// without bias then give the logits. A plain head is a multilayer perceptron: GELU follows the bottleneck
/// too, whose rows are not normalised, and a linear layer of weights and biases gives the logits.
struct HeadShape {
  Index features = 0;         ///< d
  std::vector<Index> widths;  ///< widths of the linear layers: the hidden ones, then the bottleneck
  Index clusters = 0;         ///< C
  Index heads = 0;            ///< H
  bool plain = false;         ///< whether they are multilayer perceptrons

  [[nodiscard]] Index layers() const { return std::ssize(widths); }
  [[nodiscard]] Index inputs(Index layer) const {
    return layer == 0 ? features : widths[static_cast<std::size_t>(layer - 1)];
  }
  [[nodiscard]] Index outputs(Index layer) const { return widths[static_cast<std::size_t>(layer)]; }
  [[nodiscard]] Index bottleneck() const { return widths.back(); }

  /// The number of parameters of all heads. The array holds, for each layer, the weights of all heads [H ·
  /// outputs × inputs] and their biases [H · outputs]; then all directions [H · C × bottleneck] and all gains
  /// [H · C], or the weights and biases of plain heads' last layer in the place of these.
  [[nodiscard]] Index size() const { return gains_offset() + heads * clusters; }
  [[nodiscard]] Index weight_offset(Index layer) const {
    Index offset = 0, from = features;
    for (const Index to : std::span(widths).first(static_cast<std::size_t>(layer)))
      offset += heads * to * (from + 1), from = to;
    return offset;
  }
  [[nodiscard]] Index bias_offset(Index layer) const {
    return weight_offset(layer) + heads * outputs(layer) * inputs(layer);
  }
  [[nodiscard]] Index directions_offset() const { return weight_offset(layers()); }
  [[nodiscard]] Index gains_offset() const { return directions_offset() + heads * clusters * bottleneck(); }

  /// The head to which the parameter at this offset belongs.
  [[nodiscard]] Index head_of(Index offset) const {
    for (Index l = 0; l < layers(); ++l) {
      if (offset < bias_offset(l)) return (offset - weight_offset(l)) / (outputs(l) * inputs(l));
      if (offset < weight_offset(l + 1)) return (offset - bias_offset(l)) / outputs(l);
    }
    if (offset < gains_offset()) return (offset - directions_offset()) / (clusters * bottleneck());
    return (offset - gains_offset()) / clusters;
  }

  bool operator==(const HeadShape&) const = default;
};

/// A view of the parameters of one head, in an array with the layout of a HeadShape.
template <class T> struct HeadView {
  const HeadShape* shape;
  T* values;
  Index head;

  [[nodiscard]] MatrixView<T> weight(Index layer) const {
    const Index rows = shape->outputs(layer), cols = shape->inputs(layer);
    return {values + shape->weight_offset(layer) + head * rows * cols, rows, cols};
  }
  [[nodiscard]] T* bias(Index layer) const {
    return values + shape->bias_offset(layer) + head * shape->outputs(layer);
  }
  /// The directions v, or the weights of a plain head's last layer.
  [[nodiscard]] MatrixView<T> directions() const {
    const Index rows = shape->clusters, cols = shape->bottleneck();
    return {values + shape->directions_offset() + head * rows * cols, rows, cols};
  }
  /// The gains g, or the biases of a plain head's last layer.
  [[nodiscard]] T* gains() const { return values + shape->gains_offset() + head * shape->clusters; }
};

/// Initial parameters: weights normal with standard deviation 0.02, biases 0, gains 1, directions uniform in
/// ±1/√bottleneck, as in the official implementation of TEMI. Those of plain heads, biases too, are uniform
/// in ±1/√inputs, as those of PyTorch's Linear. A pure function of shape and seed.
[[nodiscard]] inline Buffer<float> initial_parameters(const HeadShape& shape, std::uint64_t seed) {
  constexpr std::uint64_t stream = 0x696e697400000000;  // the random stream of this use
  Buffer<float> values(static_cast<std::size_t>(shape.size()), 0.f);
  const Philox random(seed, stream);
  const auto uniform = [&](Index from, Index to, Index inputs) {
    const double reach = 1 / std::sqrt(static_cast<double>(inputs));
    for (Index i = from; i < to; ++i)
      values[static_cast<std::size_t>(i)] =
          static_cast<float>(reach * (2 * random.uniform(static_cast<std::uint64_t>(i)) - 1));
  };
  if (shape.plain) {
    for (Index l = 0; l < shape.layers(); ++l)
      uniform(shape.weight_offset(l), shape.weight_offset(l + 1), shape.inputs(l));
    uniform(shape.directions_offset(), shape.size(), shape.bottleneck());
    return values;
  }
  for (Index l = 0; l < shape.layers(); ++l)
    for (Index i = shape.weight_offset(l); i < shape.bias_offset(l); ++i)
      values[static_cast<std::size_t>(i)] =
          0.02f * static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  uniform(shape.directions_offset(), shape.gains_offset(), shape.bottleneck());
  for (Index i = shape.gains_offset(); i < shape.size(); ++i) values[static_cast<std::size_t>(i)] = 1.f;
  return values;
}

}  // namespace shoal
