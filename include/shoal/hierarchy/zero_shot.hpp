// Zero-shot classification: a sample gets the class whose prototype has the highest cosine with its row.
#pragma once

#include <shoal/core/finite.hpp>
#include <shoal/hierarchy/best_candidates.hpp>
#include <shoal/hierarchy/candidates.hpp>

namespace shoal {

/// The temperature of the softmax, and the number of classes to return.
struct ZeroShotSettings {
  float temperature = 0.01f;  ///< τ of the softmax over cosines; CLIP's own is 0.01
  Index top = 5;              ///< number of classes to return for each sample
};

/// The class of each sample and its confidence.
struct ZeroShot {
  std::vector<Label> labels;      ///< [n] the best candidate
  std::vector<float> confidence;  ///< [n] its softmax probability among the candidates
  Matrix<Label> top;              ///< [n × top] the best candidates, best first; −1 if there are fewer
};

namespace zero_shot_impl {
inline void check_shapes(const char* function, AnyRows features, MatrixView<const float> prototypes,
                         float temperature) {
  check(prototypes.rows >= 1 && prototypes.cols == features.cols(), Errc::invalid_argument, function,
        ": prototypes (", prototypes.rows, " × ", prototypes.cols,
        ") must have at least one row and as many columns as features (", features.cols(), ")");
  check(temperature > 0 && is_finite(temperature), Errc::invalid_argument, function, ": temperature (",
        temperature, ") must be positive");
}

/// A copy of the prototypes, each of length one.
inline Matrix<float> unit_rows(const char* function, MatrixView<const float> prototypes) {
  Matrix<float> unit(prototypes.rows, prototypes.cols);
  for (Index i = 0; i < prototypes.rows; ++i) {
    std::copy_n(prototypes.row(i), prototypes.cols, unit.row(i));
    to_unit_row(function, i, unit.view().span(i));
  }
  return unit;
}

/// The candidate set of each row: that of its label, or the only set if there are no labels.
inline std::vector<Index> sets_of_rows(const char* function, Index n, const Candidates& candidates,
                                       std::span<const Label> labels) {
  if (labels.empty() && candidates.sets.size() == 1)
    return std::vector<Index>(static_cast<std::size_t>(n), 0);
  check(static_cast<Index>(labels.size()) == n, Errc::invalid_argument, function, ": labels (", labels.size(),
        ") must have one entry a row (", n, ")");
  std::vector<Index> sets(labels.size());
  const auto classes = static_cast<Index>(candidates.set_of_label.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    check(labels[i] >= 0 && labels[i] < classes, Errc::invalid_argument, function, ": labels[", i, "] (",
          labels[i], ") must be in [0, ", classes, ")");
    sets[i] = candidates.set_of_label[static_cast<std::size_t>(labels[i])];
  }
  return sets;
}
}  // namespace zero_shot_impl

/// Classifies the rows of `features` (n × d) among their candidates by cosine with `prototypes` (C × d, row c
/// for class c). `labels` [n] selects the candidate set of each row (the paper's restricted sets are those of
/// the true label); it may be empty if there is only one set. Ties go to the lowest class. O(n · candidates ·
/// d); one block of cosines for each thread; on a Gpu, on the device. The same bits for any number of
/// threads. Throws invalid_argument for shapes, labels and settings out of range, and bad_data for rows
/// without a direction.
[[nodiscard]] inline ZeroShot zero_shot(AnyRows features, MatrixView<const float> prototypes,
                                        const Candidates& candidates, std::span<const Label> labels,
                                        const ZeroShotSettings& settings, const CandidateBackend& backend,
                                        const Hook& hook = {}) {
  using namespace zero_shot_impl;
  check_shapes("zero_shot", features, prototypes, settings.temperature);
  check(settings.top >= 1, Errc::invalid_argument, "zero_shot: settings.top (", settings.top,
        ") must be at least 1");
  const auto n = static_cast<std::size_t>(features.rows());
  const Matrix<float> unit = unit_rows("zero_shot: prototypes", prototypes);
  const std::vector<Index> sets = sets_of_rows("zero_shot", features.rows(), candidates, labels);

  ZeroShot result{std::vector<Label>(n), std::vector<float>(n),
                  Matrix<Label>(features.rows(), settings.top, -1)};
  backend.best_candidates(
      {"zero_shot", features, unit, candidates.sets, sets, settings.temperature, settings.top}, hook,
      [&](Index row, std::span<const Label> best, float confidence) {
        std::copy(best.begin(), best.end(), result.top.row(row));
        result.labels[static_cast<std::size_t>(row)] = best.front();
        result.confidence[static_cast<std::size_t>(row)] = confidence;
      });
  return result;
}

}  // namespace shoal
