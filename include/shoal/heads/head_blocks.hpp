// What a head gives for rows, block by block: logits, probabilities, and how far the heads agree on pairs.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <shoal/backend/backend.hpp>
#include <shoal/heads/generic_forward.hpp>
#include <shoal/heads/head_model.hpp>
#include <shoal/heads/head_rows.hpp>
#include <shoal/heads/pair_agreement.hpp>
#include <shoal/objective/objective.hpp>

namespace shoal {

/// f(first, logits) for blocks of up to 1,024 rows in their order, logits [rows × C] of one head, not divided
/// by the temperature. `features` are as the head's layers take them (HeadRows). On any backend.
template <class F>
void each_logits_block(const HeadModel& model, Index head, AnyRows features, AnyBackend backend, F&& f) {
  constexpr Index most = 1024;
  const Index n = features.rows();
  GenericForward pass(model.shape, std::min(n, most), false, backend);
  Matrix<float> x(std::min(n, most), model.shape.features);
  for (Index i = 0; i < block_count(n, most); ++i) {
    const Block block = block_at(n, most, i);
    const MatrixView<float> rows = x.view().block(0, block.count);
    features.read(block.first, rows);
    pass.run(model.head(head), rows);
    f(block.first, MatrixView<const float>(pass.logits(block.count)));
  }
}

namespace head_blocks_impl {
inline void check_features(const char* function, const HeadModel& model, AnyRows features) {
  check(features.cols() == model.shape.features, Errc::invalid_argument, function, ": features has ",
        features.cols(), " columns; the model was trained on ", model.shape.features);
}
}  // namespace head_blocks_impl

/// The softmax probabilities [n × C] of all rows by the best head, or head number `head`: what calibration by
/// class and the embedding of a model are made of. 4 n C bytes. Throws as predict does.
[[nodiscard]] inline Matrix<float> probabilities(const HeadModel& model, AnyRows features, AnyBackend backend,
                                                 Index head = -1) {
  head_blocks_impl::check_features("probabilities", model, features);
  const Index clusters = model.shape.clusters;
  const auto scale = static_cast<float>(1 / model.temperature);
  const HeadRows rows(features, model.scaling, "probabilities: features");
  Matrix<float> all(features.rows(), clusters);
  each_logits_block(model, head < 0 ? model.best : head, rows, backend,
                    [&](Index first, MatrixView<const float> logits) {
                      backend.each_task(logits.rows, [&](Index i, int) {
                        (void)softmax(CpuTeam{clusters}, logits.row(i), scale, all.row(first + i));
                      });
                    });
  return all;
}

/// The logits [n × C] of all rows by the best head: the embedding that SCP's figures show. 4 n C bytes.
/// Throws as predict does.
[[nodiscard]] inline Matrix<float> logits(const HeadModel& model, AnyRows features, AnyBackend backend) {
  head_blocks_impl::check_features("logits", model, features);
  const HeadRows rows(features, model.scaling, "logits: features");
  Matrix<float> all(features.rows(), model.shape.clusters);
  each_logits_block(model, model.best, rows, backend, [&](Index first, MatrixView<const float> block) {
    for (Index i = 0; i < block.rows; ++i) std::copy_n(block.row(i), block.cols, all.row(first + i));
  });
  return all;
}

/// TEMI's weight w(x, x′) = 1/H Σ_i Σ_c q_i(c|x) q_i(c|x′) of each pair (row k of x, row k of partners), by
/// the heads of the model. O(n H (parameters of a head)), one head at a time; 8 n bytes. Throws for rows that
/// do not pair, and as predict does.
[[nodiscard]] inline std::vector<double> pair_weights(const HeadModel& model, AnyRows x, AnyRows partners,
                                                      AnyBackend backend) {
  head_blocks_impl::check_features("pair_weights", model, x);
  head_blocks_impl::check_features("pair_weights", model, partners);
  check(x.rows() == partners.rows(), Errc::invalid_argument, "pair_weights: x (", x.rows(),
        " rows) and partners (", partners.rows(), " rows) must pair");
  const CpuTeam team{model.shape.clusters};
  std::vector<double> weights(static_cast<std::size_t>(x.rows()), 0.);
  for (Index h = 0; h < model.shape.heads; ++h) {
    const Matrix<float> own = probabilities(model, x, backend, h),
                        other = probabilities(model, partners, backend, h);
    backend.each_task(x.rows(), [&](Index i, int) {
      weights[static_cast<std::size_t>(i)] +=
          static_cast<double>(pair_agreement(team, own.row(i), other.row(i))) /
          static_cast<double>(model.shape.heads);
    });
  }
  return weights;
}

}  // namespace shoal
