// The forward pass of one head on the CPU: its parameters packed for products, and the pass of a block of
// rows.
#pragma once

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/parallel.hpp>
#include <shoal/heads/gelu.hpp>
#include <shoal/heads/last_layer.hpp>
#include <shoal/heads/shape.hpp>
#include <shoal/heads/unit_rows.hpp>
#include <shoal/linalg/packed_factor.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// The parameters of one head as right factors of products, packed once and used for all blocks of rows. The
/// last layer, w_c = g_c v_c / ‖v_c‖ (0 if v_c = 0) or that of a plain head, is divided into blocks of
/// clusters.
class PackedHead {
 public:
  static constexpr Index cluster_block =
      480;  // a multiple of the tiles' columns; one block's panels fit a cache

  PackedHead() = default;
  /// `backward`: whether to pack the transposes too, which gradients need.
  PackedHead(const HeadShape& shape, bool backward, ProductRule rule = {})
      : layers_(shape.layers(), rule),
        layers_back_(backward ? layers() : 0, rule),
        last_(block_count(shape.clusters, cluster_block), rule),
        last_back_(backward ? last_blocks() : 0, rule),
        bias_(layers()),
        last_bias_(shape.plain ? last_blocks() : 0) {}

  /// The number of independent tasks of the packing.
  [[nodiscard]] Index tasks() const { return layers() + last_blocks(); }
  void pack(Index task, HeadView<const float> head) {
    if (task < layers()) {
      const Operand weight{head.weight(task), false};
      bias_[task] = head.bias(task);
      layers_[task].pack(weight);
      if (layers_back_.size() > 0 && task > 0) layers_back_[task].pack(weight.transpose());
      return;
    }
    const Index j = task - layers();
    const Block block = block_at(head.shape->clusters, cluster_block, j);
    Matrix<float> weight(block.count, head.shape->bottleneck());
    for (Index c = 0; c < block.count; ++c)
      last_weight(CpuTeam{weight.cols()}, head, block.first + c, weight.row(c));
    if (plain()) last_bias_[j] = head.gains() + block.first;
    last_[j].pack({weight, false});
    if (last_back_.size() > 0) last_back_[j].pack({weight, true});
  }

  [[nodiscard]] bool plain() const { return last_bias_.size() > 0; }
  [[nodiscard]] Index layers() const { return layers_.size(); }
  [[nodiscard]] const float* bias(Index layer) const { return bias_[layer]; }
  [[nodiscard]] const RightFactor& layer(Index l) const { return layers_[l]; }
  [[nodiscard]] const RightFactor& layer_back(Index l) const { return layers_back_[l]; }
  [[nodiscard]] Index last_blocks() const { return last_.size(); }
  [[nodiscard]] const RightFactor& last(Index block) const { return last_[block]; }
  [[nodiscard]] const RightFactor& last_back(Index block) const { return last_back_[block]; }
  /// The biases of a block of clusters, of a plain head.
  [[nodiscard]] const float* last_bias(Index block) const { return last_bias_[block]; }

 private:
  FixedArray<RightFactor> layers_, layers_back_, last_, last_back_;
  FixedArray<const float*> bias_, last_bias_;
};

/// The results of a forward pass of R rows: the outputs of the hidden layers, the derivatives of GELU there
/// (if a backward pass follows), the normalised rows of the bottleneck, and their norms; of a plain head the
/// bottleneck's rows after GELU, and its derivatives.
struct Activations {
  Buffer<MatrixView<float>> hidden;      ///< [R × width] for each layer
  Buffer<MatrixView<float>> derivative;  ///< as hidden; empty if no backward pass follows
  MatrixView<float> unit;                ///< [R × bottleneck]
  float* length;                         ///< [R] 0 for a zero row, whose unit row is zero
  MatrixView<float> unit_derivative;     ///< as unit; empty if no backward pass follows
};

/// u ← gelu(u + bias) for all rows; also writes the derivatives of GELU if requested.
inline void add_bias_gelu_rows(const float* bias, MatrixView<float> u, const MatrixView<float>* derivative) {
  for (Index i = 0; i < u.rows; ++i) {
    float* row = u.row(i);
    float* derivative_row = derivative != nullptr ? derivative->row(i) : nullptr;
    CpuTeam{u.cols}.each([=](auto k) { add_bias_gelu(k, bias, row, derivative_row); });
  }
}

/// y ← (y + bias) / ‖y + bias‖ for all rows, and length ← ‖y + bias‖.
inline void add_bias_normalize_rows(const float* bias, MatrixView<float> y, float* length) {
  for (Index i = 0; i < y.rows; ++i) length[i] = add_bias_normalize(CpuTeam{y.cols}, bias, y.row(i));
}

/// Passes R packed rows x through the layers up to the bottleneck. `left` is scratch memory and ends as the
/// bottleneck's packed rows.
inline void forward(const PackedHead& head, const LeftFactor& x, const Activations& out, LeftFactor& left) {
  const Index last = head.layers() - 1;
  for (Index l = 0; l < last; ++l) {
    const auto i = static_cast<std::size_t>(l);
    multiply_packed(l == 0 ? x : left, head.layer(l), out.hidden[i], Update::assign);
    add_bias_gelu_rows(head.bias(l), out.hidden[i], out.derivative.empty() ? nullptr : &out.derivative[i]);
    left.pack({out.hidden[i], false});
  }
  multiply_packed(last == 0 ? x : left, head.layer(last), out.unit, Update::assign);
  if (head.plain())
    add_bias_gelu_rows(head.bias(last), out.unit,
                       out.unit_derivative.data != nullptr ? &out.unit_derivative : nullptr);
  else
    add_bias_normalize_rows(head.bias(last), out.unit, out.length);
  left.pack({out.unit, false});
}

/// logits [R × C] ← unit · wᵀ, and the biases of a plain head; not yet divided by a temperature.
inline void last_layer(const PackedHead& head, const LeftFactor& unit, MatrixView<float> logits) {
  for (Index block = 0; block < head.last_blocks(); ++block) {
    const Block b = block_at(logits.cols, PackedHead::cluster_block, block);
    const MatrixView<float> out = logits.columns(b.first, b.count);
    multiply_packed(unit, head.last(block), out, Update::assign);
    if (!head.plain()) continue;
    const float* bias = head.last_bias(block);
    for (Index i = 0; i < out.rows; ++i) {
      float* row = out.row(i);
      CpuTeam{out.cols}.each([=](auto k) { k.store(row, k.load(row) + k.load(bias)); });
    }
  }
}

}  // namespace shoal
