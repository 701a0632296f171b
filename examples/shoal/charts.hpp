// The charts of the report, each an SVG element.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <shoal/metrics/calibration.hpp>

/// Sizes of clusters, largest first, over those of the true classes where there are any.
std::string size_chart(std::span<const shoal::Index> clusters, std::span<const shoal::Index> classes);

/// A value an epoch or iteration.
std::string loss_chart(std::span<const double> losses, const std::string& unit);

/// How many samples have which confidence; those known to be wrong stand apart on top of the others.
std::string confidence_chart(std::span<const float> confidence, std::span<const std::uint8_t> right);

/// Accuracy against confidence.
std::string calibration_chart(const shoal::Calibration& calibration);

/// One class in a chart of classes.
struct ClassPoint {
  std::string name;
  shoal::Index samples;
  double accuracy;
};

/// Accuracy of each class against its number of samples; the worst are named.
std::string frequency_chart(std::vector<ClassPoint> classes);
