// Predictions of a head on the CPU: blocks of rows in parallel, each passed through all layers while in
// cache.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/backward.hpp>
#include <shoal/heads/generic_scorer.hpp>

namespace shoal {

/// The scorer of Cpu uses its tiles in float32, so the bits of a row do not depend on the other rows.
template <> struct ScorerOn<Cpu> {
  static void score(const HeadModel& model, Index head, AnyRows features, const Cpu& cpu, Prediction& out) {
    constexpr Index block_rows = 96;
    const HeadShape& shape = model.shape;
    const auto scale = static_cast<float>(1 / model.temperature);
    PackedHead packed(shape, false);
    cpu.each_task(packed.tasks(), [&](Index task, int) { packed.pack(task, model.head(head)); });
    Workers(cpu).each_block(features.rows(), block_rows, [&](Block block, int) {
      Matrix<float> x(block.count, shape.features), logits(block.count, shape.clusters);
      HeadPass pass(shape, block.count, false);
      LeftFactor left, rows;
      features.read(block.first, x);
      rows.pack({x, false});
      forward(packed, rows, pass.rows(0, block.count), left);
      last_layer(packed, left, logits);
      for (Index i = 0; i < block.count; ++i)
        write_prediction(logits.row(i), shape.clusters, scale, block.first + i, out);
    });
  }
};

}  // namespace shoal
