// Temperature scaling: fits the temperature that calibrates zero-shot confidences.
#pragma once

#include <cmath>

#include <shoal/core/workers.hpp>
#include <shoal/hierarchy/zero_shot.hpp>

namespace shoal {

/// The temperature τ that minimises the mean of −log softmax(s / τ)[label] over the rows (temperature
/// scaling; Guo et al., ICML 2017). s are the cosines of a row with its candidates, which must include its
/// label. The loss is convex in 1/τ; it is minimised by Newton steps that start at CLIP's 1/τ = 100 and are
/// confined to [1, 10⁴]. This takes about a dozen passes over the rows, so pass a held-out part of the data.
/// Sums are in float64 and in the order of blocks: the same bits for any number of threads. Throws as
/// zero_shot does.
[[nodiscard]] inline float fit_temperature(AnyRows features, MatrixView<const float> prototypes,
                                           const Candidates& candidates, std::span<const Label> labels,
                                           Workers workers, const Hook& hook = {}) {
  using namespace zero_shot_impl;
  check_shapes("fit_temperature", features, prototypes, 1);
  check(static_cast<Index>(labels.size()) == features.rows() && !labels.empty(), Errc::invalid_argument,
        "fit_temperature: labels (", labels.size(), ") must have one entry a row (", features.rows(),
        "), at least one");
  const Matrix<float> unit = unit_rows("fit_temperature: prototypes", prototypes);
  const std::vector<Index> sets = sets_of_rows("fit_temperature", features.rows(), candidates, labels);
  std::vector<double> gradients(labels.size()), curvature(labels.size());

  double inverse = 100;
  for (int step = 0; step < 12; ++step) {
    // For each row: d/d(1/τ) = E[s] − s_label, and its derivative Var[s], both under softmax(s / τ).
    each_scored_block(
        "fit_temperature", features, unit, candidates.sets, sets, workers, hook,
        [&](const ScoredRows& block) {
          for (std::size_t i = 0; i < block.rows.size(); ++i) {
            const auto row = static_cast<std::size_t>(block.rows[i]);
            const auto cosines = block.cosines.span(static_cast<Index>(i));
            const auto own = std::lower_bound(block.candidates.begin(), block.candidates.end(), labels[row]);
            check(own != block.candidates.end() && *own == labels[row], Errc::invalid_argument,
                  "fit_temperature: labels[", row, "] (", labels[row], ") is not among its candidates");
            const auto truth =
                static_cast<double>(cosines[static_cast<std::size_t>(own - block.candidates.begin())]);
            const auto top = static_cast<double>(*std::max_element(cosines.begin(), cosines.end()));
            double total = 0, first = 0, second = 0;
            for (const float cosine : cosines) {
              const auto s = static_cast<double>(cosine);
              const double weight = std::exp(inverse * (s - top)), gap = s - truth;
              total += weight;
              first += weight * gap;
              second += weight * gap * gap;
            }
            gradients[row] = first / total;
            curvature[row] = second / total - gradients[row] * gradients[row];
          }
        });
    double gradient = 0, hessian = 0;
    for (const double g : gradients) gradient += g;
    for (const double c : curvature) hessian += c;
    const double next =
        std::clamp(hessian > 0 ? inverse - gradient / hessian : inverse, inverse / 4, inverse * 4);
    const double held = std::clamp(next, 1., 1e4);
    if (std::abs(held - inverse) < 1e-4 * inverse) break;
    inverse = held;
  }
  return static_cast<float>(1 / inverse);
}

}  // namespace shoal
