// The gradients of one head's parameters and their update, tile by tile, so that a gradient stays in the
// cache where it was computed.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/heads/cpu/backward.hpp>
#include <shoal/heads/parameter_steps.hpp>

namespace shoal {

/// The inputs of a layer in a batch, packed as right factors for the gradient of its weights, in chunks of
/// rows so short that the panels of a chunk stay in the second-level cache.
class PackedInput {
 public:
  PackedInput(Index rows, ProductRule rule)
      : chunks_(static_cast<std::size_t>(block_count(rows, chunk_rows)), RightFactor(rule)) {}

  [[nodiscard]] Index chunks() const { return std::ssize(chunks_); }
  void pack(Index chunk, MatrixView<const float> input) {
    const Block b = block_at(input.rows, chunk_rows, chunk);
    chunks_[static_cast<std::size_t>(chunk)].pack({input.block(b.first, b.count), true});
  }

  /// tile ← deltaᵀ · input, for some columns of delta. `left` is scratch memory.
  void gradient(MatrixView<const float> delta, MatrixView<float> tile, LeftFactor& left) const {
    for (Index chunk = 0; chunk < chunks(); ++chunk) {
      const Block b = block_at(delta.rows, chunk_rows, chunk);
      left.pack({delta.block(b.first, b.count), true});
      multiply_packed(left, chunks_[static_cast<std::size_t>(chunk)], tile,
                      chunk == 0 ? Update::assign : Update::add);
    }
  }

 private:
  static constexpr Index chunk_rows = 384;
  std::vector<RightFactor> chunks_;
};

/// The working memory of one thread for HeadUpdate.
struct UpdateScratch {
  LeftFactor left;
  Buffer<float> tile;
  Buffer<float> line;
};

/// Computes the gradients of head h from the deltas in `pass` and from gradient [2B × C] = ∂L/∂logits, and
/// updates student and teacher. `inputs` holds the input of each layer, including the last. Each task handles
/// some output rows of one layer.
class HeadUpdate {
 public:
  HeadUpdate(HeadState& state, Index head, const std::vector<PackedInput>& inputs, const HeadPass& pass,
             MatrixView<const float> gradient, const ParameterSteps& steps)
      : state_(state),
        head_{&state.shape, state.student.data(), head},
        inputs_(inputs),
        pass_(pass),
        gradient_(gradient),
        steps_(steps) {}

  void run(Workers workers, std::vector<UpdateScratch>& room) const {
    const HeadShape& shape = state_.shape;
    std::vector<Index> start{0};  // the first task of each layer, including the last layer
    for (Index l = 0; l < shape.layers(); ++l)
      start.push_back(start.back() + block_count(shape.outputs(l), task_rows));
    const Index last = steps_.last_frozen ? 0 : block_count(shape.clusters, task_rows);
    workers.each_task(start.back() + last, [&](Index task, int worker) {
      UpdateScratch& scratch = room[static_cast<std::size_t>(worker)];
      if (task >= start.back())
        return update_last(block_at(shape.clusters, task_rows, task - start.back()), scratch);
      Index l = 0;
      while (task >= start[static_cast<std::size_t>(l + 1)]) ++l;
      update_layer(l, block_at(shape.outputs(l), task_rows, task - start[static_cast<std::size_t>(l)]),
                   scratch);
    });
  }

 private:
  static constexpr Index task_rows = 96;

  /// The gradient of some rows of the weights of layer l.
  [[nodiscard]] MatrixView<float> weight_gradient(Index l, MatrixView<const float> delta, Block rows,
                                                  Index cols, UpdateScratch& scratch) const {
    scratch.tile.resize(static_cast<std::size_t>(rows.count * cols));
    const MatrixView<float> tile{scratch.tile.data(), rows.count, cols};
    inputs_[static_cast<std::size_t>(l)].gradient(delta.columns(rows.first, rows.count), tile, scratch.left);
    return tile;
  }

  void update_layer(Index l, Block rows, UpdateScratch& scratch) const {
    const MatrixView<const float> delta = pass_.delta(l);
    const MatrixView<float> tile = weight_gradient(l, delta, rows, state_.shape.inputs(l), scratch);
    ParameterRow(state_, head_.weight(l).row(rows.first))
        .update(steps_.weights, tile.data, rows.count * tile.cols);
    scratch.line.assign(static_cast<std::size_t>(rows.count), 0.f);
    float* sum = scratch.line.data();
    for (Index i = 0; i < delta.rows; ++i) {
      const float* row = delta.row(i) + rows.first;
      CpuTeam{rows.count}.each([=](auto k) { k.store(sum, k.load(sum) + k.load(row)); });
    }
    ParameterRow(state_, head_.bias(l) + rows.first).update(steps_.biases, sum, rows.count);
  }

  void update_last(Block rows, UpdateScratch& scratch) const {
    const MatrixView<float> tile =
        weight_gradient(state_.shape.layers(), gradient_, rows, state_.shape.bottleneck(), scratch);
    scratch.line.resize(static_cast<std::size_t>(rows.count));
    for (Index c = 0; c < rows.count; ++c)
      scratch.line[static_cast<std::size_t>(c)] =
          weight_norm_backward(CpuTeam{tile.cols}, head_.directions().row(rows.first + c),
                               head_.gains()[rows.first + c], tile.row(c));
    ParameterRow(state_, head_.directions().row(rows.first))
        .update(steps_.last, tile.data, rows.count * tile.cols);
    ParameterRow(state_, head_.gains() + rows.first).update(steps_.last, scratch.line.data(), rows.count);
  }

  HeadState& state_;
  HeadView<const float> head_;
  const std::vector<PackedInput>& inputs_;
  const HeadPass& pass_;
  MatrixView<const float> gradient_;
  const ParameterSteps& steps_;
};

}  // namespace shoal
