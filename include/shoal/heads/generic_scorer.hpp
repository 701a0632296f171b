// Predictions of a head on any backend, and the customisation point by which a backend replaces them.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/backend/backend.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/core/top_k.hpp>
#include <shoal/heads/generic_forward.hpp>
#include <shoal/heads/head_model.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// Writes the prediction for row `id`, with top.cols() clusters, from its logits. Throws bad_data for
/// logits that are not finite.
inline void write_prediction(const float* logits, Index clusters, float scale, Index id, Prediction& out) {
  const float partition = log_partition(CpuTeam{clusters}, logits, scale);
  check(std::isfinite(partition), Errc::bad_data, "predict: row ", id, " of features is not finite");
  top_k(std::span<const float>(logits, static_cast<std::size_t>(clusters)), out.top.view().span(id));
  const auto at = static_cast<std::size_t>(id);
  out.labels[at] = out.top(id, 0);
  out.confidence[at] = probability(logits[out.labels[at]], scale, partition);
}

/// The scorer of a backend, which is the customisation point of predict(). This primary template is generic:
/// block by block, one product for each layer. Cpu (heads/cpu/fused_scorer.hpp) and GPUs
/// (heads/cuda/scorer.cuh) specialise it.
template <Backend B> struct ScorerOn {
  /// Predicts all rows by one head of the model and fills `out`, which has the right size already. `features`
  /// are prepared as the head's layers expect them. Throws bad_data for rows whose scores are not finite.
  static void score(const HeadModel& model, Index head, AnyRows features, const B& backend, Prediction& out) {
    score_rows(model, head, features, backend, out);
  }

 private:
  static void score_rows(const HeadModel& model, Index head, AnyRows features, AnyBackend backend,
                         Prediction& out) {
    const HeadShape& shape = model.shape;
    const Index n = features.rows(), block_rows = std::min<Index>(n, 1024);
    const auto scale = static_cast<float>(1 / model.temperature);
    GenericForward pass(shape, block_rows, false, backend);
    Matrix<float> x(block_rows, shape.features);
    for (Index i = 0; i < block_count(n, 1024); ++i) {
      const Block block = block_at(n, 1024, i);
      const MatrixView<float> rows = x.view().block(0, block.count);
      features.read(block.first, rows);
      pass.run(model.head(head), rows);
      const MatrixView<const float> logits = pass.logits(block.count);
      backend.each_task(block.count, [&](Index row, int) {
        write_prediction(logits.row(row), shape.clusters, scale, block.first + row, out);
      });
    }
  }
};

}  // namespace shoal
