// Classwise calibration error: the calibration of all probabilities, not only of the largest.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// The calibration error of each class, and the mean over classes.
struct ClasswiseCalibration {
  double expected_error = 0;  ///< mean of error_of over classes
  std::vector<double>
      error_of;  ///< [C] Σ_b (n_b / n) |share of class c − mean probability of c|, bins by p_c
};

/// Classwise calibration error (Kull et al., NeurIPS 2019) of `probabilities` [n × C] against `truth` [n],
/// the correct column of each sample, or −1 if no column is correct (its class has no cluster). Bins have
/// equal width. O(n C) time; memory for C × bins counts and a few hundred rows. Throws invalid_argument if
/// the lengths differ, for n = 0, for bins < 1 and for truth outside [−1, C), and bad_data for probabilities
/// that are NaN or outside [0, 1].
[[nodiscard]] inline ClasswiseCalibration classwise_calibration(AnyRows probabilities, LabelView truth,
                                                                Index bins = 15, Workers workers = Cpu{}) {
  const Index n = probabilities.rows(), classes = probabilities.cols();
  check(n > 0 && classes > 0 && truth.size() == n, Errc::invalid_argument, "classwise_calibration: truth (",
        truth.size(), " labels) must have one for each of the ", n, " rows of probabilities, at least one");
  calibration_impl::check_bins("classwise_calibration", bins);
  Matrix<double> gap(classes, bins, 0.);  // Σ right − Σ probability: |gap| / n is a bin's part of the error
  Matrix<float> rows(std::min<Index>(n, 256), classes);
  for (Index first = 0; first < n; first += rows.rows()) {
    const Index count = std::min(rows.rows(), n - first);
    probabilities.read(first, rows.view().block(0, count));
    for (Index i = first; i < first + count; ++i)
      check(truth[i] >= -1 && truth[i] < classes, Errc::invalid_argument, "classwise_calibration: truth (",
            truth[i], " at sample ", i, ") must be in [-1, ", classes, ")");
    workers.each_row(classes, [&](Index c) {
      for (Index i = 0; i < count; ++i) {
        const float p = rows(i, c);
        check(is_finite(p) && p >= 0.f && p <= 1.f, Errc::bad_data, "classwise_calibration: probability (", p,
              " at row ", first + i, ", column ", c, ") must be in [0, 1]");
        const double x = static_cast<double>(p);
        gap(c, calibration_impl::width_bin(x, bins)) += (truth[first + i] == c ? 1. : 0.) - x;
      }
    });
  }
  ClasswiseCalibration result;
  for (Index c = 0; c < classes; ++c) {
    double error = 0;
    for (Index b = 0; b < bins; ++b) error += std::abs(gap(c, b)) / static_cast<double>(n);
    result.error_of.push_back(error);
    result.expected_error += error / static_cast<double>(classes);
  }
  return result;
}

}  // namespace shoal
