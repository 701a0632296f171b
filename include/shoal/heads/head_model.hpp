// Trained heads: what predicts, and what it says.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/core/top_k.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/heads/cpu/backward.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// Trained heads of one shape, the averaged teachers where there were any.
struct HeadModel {
  HeadShape shape;
  Buffer<float> parameters;  ///< of all heads, in the layout of HeadShape
  Index best = 0;            ///< the head with the lowest mean loss of the last epoch
  double temperature = 0.1;  ///< of the softmax
  ColumnScaling scaling;     ///< of the features; empty where they are taken as they are
};

/// Labels, the top `count` clusters (at most C are given) and confidences of all rows by one head: the best,
/// or number `head`. The same bits whatever the source, its order of blocks or the number of threads. O(n ·
/// parameters of a head). Throws for features of another width and for rows that are not finite.
[[nodiscard]] inline Prediction predict(const HeadModel& model, AnyRows features, Workers workers,
                                        Index count = 5, Index head = -1) {
  const HeadShape& shape = model.shape;
  const Index n = features.rows(), C = shape.clusters;
  check(features.cols() == shape.features, Errc::invalid_argument, "predict: features has ", features.cols(),
        " columns; the model was trained on ", shape.features);
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  check(head >= -1 && head < shape.heads, Errc::invalid_argument, "predict: head (", head,
        ") must be one of the ", shape.heads, " heads, or -1 for the best");
  const Index k = std::min(count, C);
  PackedHead packed(shape, false);
  const HeadView<const float> view{&shape, model.parameters.data(), head < 0 ? model.best : head};
  workers.each_task(packed.tasks(), [&](Index task, int) { packed.pack(task, view); });

  Prediction out{std::vector<Label>(static_cast<std::size_t>(n)), Matrix<Label>(n, k),
                 std::vector<float>(static_cast<std::size_t>(n))};
  constexpr Index block_rows = 96;
  const auto scale = static_cast<float>(1 / model.temperature);
  workers.each_block(n, block_rows, [&](Block block, int) {
    Matrix<float> x(block.count, shape.features), logits(block.count, C);
    HeadPass pass(shape, block.count, false);
    LeftFactor left, rows;
    features.read(block.first, x);
    if (!model.scaling.mean.empty()) standardize_rows(model.scaling, x);
    rows.pack({x, false});
    forward(packed, rows, pass.rows(0, block.count), left);
    last_layer(packed, left, logits);
    for (Index i = 0; i < block.count; ++i) {
      const auto id = static_cast<std::size_t>(block.first + i);
      const float* row = logits.row(i);
      const float norm = log_normaliser(CpuTeam{C}, row, scale);
      check(std::isfinite(norm), Errc::bad_data, "predict: row ", block.first + i,
            " of features is not finite");
      top_k(logits.view().span(i), out.top.view().span(block.first + i));
      out.labels[id] = out.top(block.first + i, 0);
      out.confidence[id] = probability(row[out.labels[id]], scale, norm);
    }
  });
  return out;
}

}  // namespace shoal
