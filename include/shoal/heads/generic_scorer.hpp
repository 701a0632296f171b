// Predictions of a head on any backend, and the customisation point by which a backend replaces them.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/backend/backend.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/core/top_k.hpp>
#include <shoal/heads/head_blocks.hpp>
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

/// Predicts all rows block by block, with one product for each layer, on any backend.
inline void score_by_blocks(const HeadModel& model, Index head, AnyRows features, AnyBackend backend,
                            Prediction& out) {
  const auto scale = static_cast<float>(1 / model.temperature);
  each_logits_block(model, head, features, backend, [&](Index first, MatrixView<const float> logits) {
    backend.each_task(logits.rows, [&](Index row, int) {
      write_prediction(logits.row(row), model.shape.clusters, scale, first + row, out);
    });
  });
}

/// The scorer of a backend, which is the customisation point of predict(). This primary template is generic.
/// Cpu (heads/cpu/fused_scorer.hpp) and GPUs (heads/cuda/scorer.cuh) specialise it.
template <Backend B> struct ScorerOn {
  /// Predicts all rows by one head of the model and fills `out`, which has the right size already. `features`
  /// are prepared as the head's layers expect them. Throws bad_data for rows whose scores are not finite.
  static void score(const HeadModel& model, Index head, AnyRows features, const B& backend, Prediction& out) {
    score_by_blocks(model, head, features, backend, out);
  }
};

}  // namespace shoal
