// The gradients of one head's parameters and their update, tile by tile, so that a gradient stays in the
// cache where it was computed.
#pragma once

#include <algorithm>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/heads/cpu/backward.hpp>
#include <shoal/heads/parameter_steps.hpp>

namespace shoal {

/// The inputs of a layer in a batch, packed as right factors for the gradient of its weights, in chunks of
/// rows so short that the panels of a chunk stay in the second-level cache.
class PackedInput {
 public:
  PackedInput(Index rows, ProductRule rule) : chunks_(block_count(rows, chunk_rows), rule) {}

  [[nodiscard]] Index chunks() const { return chunks_.size(); }
  void pack(Index chunk, MatrixView<const float> input) {
    const Block b = block_at(input.rows, chunk_rows, chunk);
    chunks_[chunk].pack({input.block(b.first, b.count), true});
  }

  /// tile ← deltaᵀ · input, for some columns of delta. `left` is scratch memory.
  void gradient(MatrixView<const float> delta, MatrixView<float> tile, LeftFactor& left) const {
    for (Index chunk = 0; chunk < chunks(); ++chunk) {
      const Block b = block_at(delta.rows, chunk_rows, chunk);
      left.pack({delta.block(b.first, b.count), true});
      multiply_packed(left, chunks_[chunk], tile, chunk == 0 ? Update::assign : Update::add);
    }
  }

 private:
  static constexpr Index chunk_rows = 384;
  FixedArray<RightFactor> chunks_;
};

/// The working memory of one thread for HeadUpdate.
struct UpdateScratch {
  explicit UpdateScratch(ProductRule rule) : left(rule) {}
  LeftFactor left;
  Buffer<float> tile;
  Buffer<float> line;
};

/// Computes the gradients of head h from the deltas in `pass` and from gradient [2B × C] = ∂L/∂logits, and
/// updates student and teacher. `inputs` holds the input of each layer, including the last. Each task handles
/// some output rows of one layer.
class HeadUpdate {
 public:
  HeadUpdate(HeadState& state, Index head, const FixedArray<PackedInput>& inputs, const HeadPass& pass,
             MatrixView<const float> gradient, const ParameterSteps& steps)
      : state_(state),
        head_{&state.shape, state.student.data(), head},
        inputs_(inputs),
        pass_(pass),
        gradient_(gradient),
        steps_(steps) {}

  /// The number of tasks for a head of this shape, those of the last layer included.
  static Index tasks(const HeadShape& shape) { return start_of(shape, shape.layers() + 1); }

  /// Runs some of the tasks; those of the last layer do nothing while it is frozen.
  void run(Block tasks, Workers workers, FixedArray<UpdateScratch>& room) const {
    workers.each_task(tasks.count, [&](Index i, int worker) {
      UpdateScratch& scratch = room[worker];
      const auto [l, rows] = rows_of(state_.shape, tasks.first + i);
      if (l < state_.shape.layers())
        update_layer(l, rows, scratch);
      else if (!steps_.last_frozen)
        update_last(rows, scratch);
    });
  }

  /// Calls f(place, count) for the parameters of head h that some tasks update.
  template <class F> static void each_range(const HeadShape& shape, Index h, Block tasks, const F& f) {
    for (Index task = tasks.first; task < tasks.first + tasks.count; ++task) {
      const auto [l, rows] = rows_of(shape, task);
      const bool last = l == shape.layers();
      const Index cols = last ? shape.bottleneck() : shape.inputs(l),
                  all = last ? shape.clusters : shape.outputs(l);
      f((last ? shape.directions_offset() : shape.weight_offset(l)) + (h * all + rows.first) * cols,
        rows.count * cols);
      f((last ? shape.gains_offset() : shape.bias_offset(l)) + h * all + rows.first, rows.count);
    }
  }

 private:
  static constexpr Index task_rows = 96;

  /// The first task of a layer; the last layer comes after all others.
  static Index start_of(const HeadShape& shape, Index layer) {
    Index start = 0;
    for (Index l = 0; l < std::min(layer, shape.layers()); ++l)
      start += block_count(shape.outputs(l), task_rows);
    return layer > shape.layers() ? start + block_count(shape.clusters, task_rows) : start;
  }
  struct LayerRows {
    Index layer;
    Block rows;
  };
  static LayerRows rows_of(const HeadShape& shape, Index task) {
    Index l = 0;
    while (task >= start_of(shape, l + 1)) ++l;
    const Index outputs = l < shape.layers() ? shape.outputs(l) : shape.clusters;
    return {l, block_at(outputs, task_rows, task - start_of(shape, l))};
  }

  /// The gradient of some rows of the weights of layer l.
  [[nodiscard]] MatrixView<float> weight_gradient(Index l, MatrixView<const float> delta, Block rows,
                                                  Index cols, UpdateScratch& scratch) const {
    scratch.tile.resize(static_cast<std::size_t>(rows.count * cols));
    const MatrixView<float> tile{scratch.tile.data(), rows.count, cols};
    inputs_[l].gradient(delta.columns(rows.first, rows.count), tile, scratch.left);
    return tile;
  }

  /// The gradient of some biases.
  static const float* bias_gradient(MatrixView<const float> delta, Block rows, UpdateScratch& scratch) {
    scratch.line.resize(static_cast<std::size_t>(rows.count));
    sum_columns(delta.columns(rows.first, rows.count), scratch.line.data());
    return scratch.line.data();
  }

  void update_layer(Index l, Block rows, UpdateScratch& scratch) const {
    const MatrixView<const float> delta = pass_.delta(l);
    const MatrixView<float> tile = weight_gradient(l, delta, rows, state_.shape.inputs(l), scratch);
    ParameterRow(state_, head_.weight(l).row(rows.first))
        .update(steps_.weights, tile.data, rows.count * tile.cols);
    ParameterRow(state_, head_.bias(l) + rows.first)
        .update(steps_.biases, bias_gradient(delta, rows, scratch), rows.count);
  }

  void update_last(Block rows, UpdateScratch& scratch) const {
    const MatrixView<float> tile =
        weight_gradient(state_.shape.layers(), gradient_, rows, state_.shape.bottleneck(), scratch);
    if (state_.shape.plain)
      (void)bias_gradient(gradient_, rows, scratch);
    else
      gain_gradient(tile, rows, scratch);
    ParameterRow(state_, head_.directions().row(rows.first))
        .update(steps_.last, tile.data, rows.count * tile.cols);
    ParameterRow(state_, head_.gains() + rows.first).update(steps_.gains, scratch.line.data(), rows.count);
  }
  /// Turns the gradient of some w_c into that of the directions, and leaves that of the gains in the line.
  void gain_gradient(MatrixView<float> tile, Block rows, UpdateScratch& scratch) const {
    scratch.line.resize(static_cast<std::size_t>(rows.count));
    for (Index c = 0; c < rows.count; ++c)
      scratch.line[static_cast<std::size_t>(c)] =
          weight_norm_backward(CpuTeam{tile.cols}, head_.directions().row(rows.first + c),
                               head_.gains()[rows.first + c], tile.row(c));
  }

  HeadState& state_;
  HeadView<const float> head_;
  const FixedArray<PackedInput>& inputs_;
  const HeadPass& pass_;
  MatrixView<const float> gradient_;
  const ParameterSteps& steps_;
};

}  // namespace shoal
