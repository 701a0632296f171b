// The charts of the report, each an SVG element.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <shoal/metrics/calibration.hpp>

/// Sizes of clusters, largest first, above those of the true classes if there are any. The axis of sizes is
/// logarithmic where many clusters of very different sizes are shown.
std::string size_chart(std::span<const shoal::Index> clusters, std::span<const shoal::Index> classes);

/// One value for each epoch or iteration.
std::string loss_chart(std::span<const double> losses, const std::string& unit);

/// The number of samples by confidence; those known to be wrong are stacked on the others.
std::string confidence_chart(std::span<const float> confidence, std::span<const std::uint8_t> right);

/// Accuracy against confidence.
std::string calibration_chart(const shoal::Calibration& calibration);

/// One class in a chart of classes.
struct ClassPoint {
  std::string name;
  shoal::Index samples;
  double accuracy;
};

/// Accuracy of each class against its number of samples; the worst are labelled, of equals the largest.
std::string frequency_chart(std::vector<ClassPoint> classes);
