// Gradients of one head's parameters and their update, tile by tile: a gradient never leaves the cache it was
// made in.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/heads/cpu/backward.hpp>
#include <shoal/heads/engine.hpp>
#include <shoal/heads/optimizer.hpp>

namespace shoal {

/// How a step moves each kind of parameter.
struct ParameterSteps {
  AdamStep weights, biases;  ///< of the layers
  AdamStep last;             ///< of directions and gains
  bool last_frozen;
  float teacher_momentum;
};

/// One parameter array's row of state: student, moments, teacher (null without one), from the same offset on.
struct ParameterRow {
  float *student, *first, *second, *teacher;

  ParameterRow(HeadState& state, const float* where) : ParameterRow(state, where - state.student.data()) {}
  ParameterRow(HeadState& state, Index offset)
      : student(state.student.data() + offset),
        first(state.first_moment.data() + offset),
        second(state.second_moment.data() + offset),
        teacher(state.teacher.empty() ? nullptr : state.teacher.data() + offset) {}

  /// The optimizer and the teacher's running mean in one pass over `count` parameters.
  void update(const AdamStep& step, float momentum, const float* gradient, Index count) const {
    const auto [w, m, v, t] = *this;
    CpuTeam{count}.each([&, w = w, m = m, v = v, t = t](auto k) {
      auto first = k.load(m), second = k.load(v);
      const auto value = step(k.load(w), k.load(gradient), first, second);
      k.store(w, value), k.store(m, first), k.store(v, second);
      if (t != nullptr) k.store(t, k.load(t) * momentum + value * (1.f - momentum));
    });
  }
};

/// ∂L/∂v in `row` and ∂L/∂g returned, from ∂L/∂w in `row`, for w = g v / ‖v‖; both 0 where v = 0.
inline float weight_norm_backward(const float* v, float gain, float* row, Index size) {
  const CpuTeam team{size};
  const float square = team.sum([=](auto k) { return k.load(v) * k.load(v); });
  const float along = team.sum([=](auto k) { return k.load(v) * k.load(row); });
  const float inverse = square > 0 ? 1 / std::sqrt(square) : 0.f;
  const float scale = gain * inverse, shrink = square > 0 ? along / square : 0.f;
  team.each([=](auto k) { k.store(row, (k.load(row) - k.load(v) * shrink) * scale); });
  return along * inverse;
}

/// The rows that a layer read in a batch, packed as right factors for the gradient of its weights, in chunks
/// of rows short enough that a chunk's panels stay in the second-level cache.
class PackedInput {
 public:
  PackedInput(Index rows, ProductRule rule)
      : chunks_(static_cast<std::size_t>(block_count(rows, chunk_rows)), RightFactor(rule)) {}

  [[nodiscard]] Index chunks() const { return std::ssize(chunks_); }
  void pack(Index chunk, MatrixView<const float> input) {
    const Block b = block_at(input.rows, chunk_rows, chunk);
    chunks_[static_cast<std::size_t>(chunk)].pack({input.block(b.first, b.count), true});
  }

  /// tile ← deltaᵀ · input for some columns of delta. `left` is scratch.
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

/// One thread's room for HeadUpdate.
struct UpdateScratch {
  LeftFactor left;
  Buffer<float> tile;
  Buffer<float> line;
};

/// Gradients of head h by the deltas in `pass` and by gradient [2B × C] = ∂L/∂logits, and the update of its
/// student and teacher. `inputs` holds what each layer read, the last one included. Each task owns some
/// output rows of one layer.
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
    std::vector<Index> start{0};  // the first task of each layer, the last one included
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
        .update(steps_.weights, steps_.teacher_momentum, tile.data, rows.count * tile.cols);
    scratch.line.assign(static_cast<std::size_t>(rows.count), 0.f);
    float* sum = scratch.line.data();
    for (Index i = 0; i < delta.rows; ++i) {
      const float* row = delta.row(i) + rows.first;
      CpuTeam{rows.count}.each([=](auto k) { k.store(sum, k.load(sum) + k.load(row)); });
    }
    ParameterRow(state_, head_.bias(l) + rows.first)
        .update(steps_.biases, steps_.teacher_momentum, sum, rows.count);
  }

  void update_last(Block rows, UpdateScratch& scratch) const {
    const MatrixView<float> tile =
        weight_gradient(state_.shape.layers(), gradient_, rows, state_.shape.bottleneck(), scratch);
    scratch.line.resize(static_cast<std::size_t>(rows.count));
    for (Index c = 0; c < rows.count; ++c)
      scratch.line[static_cast<std::size_t>(c)] = weight_norm_backward(
          head_.directions().row(rows.first + c), head_.gains()[rows.first + c], tile.row(c), tile.cols);
    ParameterRow(state_, head_.directions().row(rows.first))
        .update(steps_.last, steps_.teacher_momentum, tile.data, rows.count * tile.cols);
    ParameterRow(state_, head_.gains() + rows.first)
        .update(steps_.last, steps_.teacher_momentum, scratch.line.data(), rows.count);
  }

  HeadState& state_;
  HeadView<const float> head_;
  const std::vector<PackedInput>& inputs_;
  const HeadPass& pass_;
  MatrixView<const float> gradient_;
  const ParameterSteps& steps_;
};

}  // namespace shoal
