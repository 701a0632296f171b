// Calibration: reliability diagrams, the expected and the maximum calibration error.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/ordered.hpp>

namespace shoal {

/// How samples are put into bins. equal_width: bins of equal width in confidence, (b/B, (b+1)/B], with 0 in
/// the first. equal_mass: bins of equally many samples in the order of confidence; their sizes differ by at
/// most one.
enum class Binning { equal_width, equal_mass };

/// The number and the kind of bins.
struct CalibrationSettings {
  Index bins = 15;                         ///< B, the number of bins, ≥ 1
  Binning binning = Binning::equal_width;  ///< equal width, or equally many samples
};

/// One bin of a reliability diagram. The means are 0 in an empty bin.
struct ReliabilityBin {
  double low = 0, high = 0;  ///< bounds (equal width), or confidences of the first and last sample
  Index samples = 0;         ///< number of samples in the bin
  double confidence = 0;     ///< mean confidence
  double accuracy = 0;       ///< share of samples predicted correctly
};

/// The reliability diagram and the errors that summarise it.
struct Calibration {
  std::vector<ReliabilityBin> bins;  ///< in the order of confidence
  double expected_error = 0;  ///< ECE = Σ_b (n_b / n) |accuracy_b − confidence_b| (Guo et al., ICML 2017)
  double maximum_error = 0;   ///< MCE = max over non-empty bins of |accuracy_b − confidence_b|
  double confidence = 0;      ///< mean over all samples
  double accuracy = 0;        ///< share of all samples predicted correctly
};

namespace calibration_impl {

inline void check_confidence(const char* function, std::span<const float> confidence, std::size_t right) {
  check(confidence.size() == right, Errc::invalid_argument, function, ": right (", right,
        " samples) must have as many samples as confidence (", confidence.size(), ")");
  check(!confidence.empty(), Errc::invalid_argument, function, ": confidence (0 samples) must not be empty");
  for (std::size_t i = 0; i < confidence.size(); ++i)
    check(is_finite(confidence[i]) && confidence[i] >= 0.f && confidence[i] <= 1.f, Errc::bad_data, function,
          ": confidence (", confidence[i], " at sample ", i, ") must be in [0, 1]");
}

inline void check_bins(const char* function, Index bins) {
  check(bins >= 1 && bins <= 1'000'000, Errc::invalid_argument, function, ": bins (", bins,
        ") must be in [1, 10^6]");
}

/// The equal-width bin of x: the b with b/B < x ≤ (b+1)/B, evaluated in the same floating-point numbers as
/// the bounds.
inline Index width_bin(double x, Index bins) {
  const double count = static_cast<double>(bins);
  auto b = std::clamp<Index>(static_cast<Index>(std::ceil(x * count)) - 1, 0, bins - 1);
  if (b > 0 && x <= static_cast<double>(b) / count) --b;
  if (b + 1 < bins && x > static_cast<double>(b + 1) / count) ++b;
  return b;
}

inline Calibration sum_up(std::vector<ReliabilityBin> bins, Index n) {
  Calibration result;
  for (ReliabilityBin& bin : bins) {
    if (bin.samples == 0) continue;
    result.confidence += bin.confidence / static_cast<double>(n);
    result.accuracy += bin.accuracy / static_cast<double>(n);
    bin.confidence /= static_cast<double>(bin.samples);
    bin.accuracy /= static_cast<double>(bin.samples);
    const double gap = std::abs(bin.accuracy - bin.confidence);
    result.expected_error += gap * static_cast<double>(bin.samples) / static_cast<double>(n);
    result.maximum_error = std::max(result.maximum_error, gap);
  }
  result.bins = std::move(bins);
  return result;
}

inline void add(ReliabilityBin& bin, float confidence, bool right) {
  ++bin.samples;
  bin.confidence += static_cast<double>(confidence);
  bin.accuracy += right ? 1. : 0.;
}

}  // namespace calibration_impl

/// Reliability diagram and calibration errors of `confidence` [n], each in [0, 1], where `right` [n] is 1 if
/// the prediction was correct and 0 if not. O(n); equal_mass sorts, O(n log n). Throws invalid_argument if
/// the lengths differ, for n = 0 and for bins < 1, and bad_data for confidences that are NaN or out of range.
inline Calibration calibration(std::span<const float> confidence, std::span<const std::uint8_t> right,
                               CalibrationSettings settings = {}) {
  using namespace calibration_impl;
  check_confidence("calibration", confidence, right.size());
  check_bins("calibration", settings.bins);
  const auto n = static_cast<Index>(confidence.size());
  std::vector<ReliabilityBin> bins(static_cast<std::size_t>(settings.bins));
  if (settings.binning == Binning::equal_width) {
    for (std::size_t b = 0; b < bins.size(); ++b) {
      bins[b].low = static_cast<double>(b) / static_cast<double>(settings.bins);
      bins[b].high = static_cast<double>(b + 1) / static_cast<double>(settings.bins);
    }
    for (std::size_t i = 0; i < confidence.size(); ++i)
      add(bins[static_cast<std::size_t>(width_bin(static_cast<double>(confidence[i]), settings.bins))],
          confidence[i], right[i] != 0);
    return sum_up(std::move(bins), n);
  }
  const std::vector<std::size_t> order =
      ordered(confidence.size(), [&](std::size_t i, std::size_t j) { return confidence[i] < confidence[j]; });
  for (Index b = 0; b < settings.bins; ++b) {
    const Index first = b * n / settings.bins, last = (b + 1) * n / settings.bins;
    if (first == last) continue;
    ReliabilityBin& bin = bins[static_cast<std::size_t>(b)];
    bin.low = static_cast<double>(confidence[order[static_cast<std::size_t>(first)]]);
    bin.high = static_cast<double>(confidence[order[static_cast<std::size_t>(last - 1)]]);
    for (Index i = first; i < last; ++i) {
      const std::size_t sample = order[static_cast<std::size_t>(i)];
      add(bin, confidence[sample], right[sample] != 0);
    }
  }
  return sum_up(std::move(bins), n);
}

/// Histograms of the confidence (maximum softmax probability) of correct and of wrong predictions.
struct ConfidenceHistogram {
  std::vector<Index> right;  ///< [bins] counts in bins of equal width, as in Binning::equal_width
  std::vector<Index> wrong;  ///< [bins], the same bins
};

/// Counts the confidences [n] of correct (`right` = 1) and of wrong predictions in bins of equal width. O(n).
/// Throws as calibration does.
inline ConfidenceHistogram confidence_histogram(std::span<const float> confidence,
                                                std::span<const std::uint8_t> right, Index bins = 50) {
  using namespace calibration_impl;
  check_confidence("confidence_histogram", confidence, right.size());
  check_bins("confidence_histogram", bins);
  const auto size = static_cast<std::size_t>(bins);
  ConfidenceHistogram histogram{std::vector<Index>(size, 0), std::vector<Index>(size, 0)};
  for (std::size_t i = 0; i < confidence.size(); ++i)
    ++(right[i] != 0
           ? histogram.right
           : histogram.wrong)[static_cast<std::size_t>(width_bin(static_cast<double>(confidence[i]), bins))];
  return histogram;
}

}  // namespace shoal
