#include "charts.hpp"

#include "html.hpp"
#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using shoal::Index;

std::vector<Index> descending(std::span<const Index> values) {
  std::vector<Index> sorted(values.begin(), values.end());
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted;
}

/// Returns the sizes as points; if there are more than columns, an even selection that includes the last.
std::vector<Point> ranked(const std::vector<Index>& sizes) {
  constexpr std::size_t columns = 400;
  std::vector<Point> points;
  const std::size_t shown = std::min(sizes.size(), columns);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t at = shown < columns ? i : i * (sizes.size() - 1) / (columns - 1);
    points.push_back({static_cast<double>(at), static_cast<double>(sizes[at])});
  }
  return points;
}

/// Returns whether the largest size is so far above the median of the clusters, or of the classes, that this
/// could not be distinguished from 0.
bool far_apart(const std::vector<Index>& clusters, const std::vector<Index>& classes) {
  Index most = 0, middle = std::numeric_limits<Index>::max();
  for (const std::vector<Index>* sizes : {&clusters, &classes}) {
    if (sizes->empty()) continue;
    most = std::max(most, sizes->front());
    middle = std::min(middle, (*sizes)[sizes->size() / 2]);
  }
  return most / 50 > std::max<Index>(middle, 1);
}

/// Returns a logarithmic axis that starts just below one sample, so that clusters of one sample are visible.
Axis axis_of_powers(std::string label, Index most) {
  const double low = 0.8, high = 1.3 * static_cast<double>(most);
  return {std::move(label), low, high, true, log_ticks(low, high)};
}

}  // namespace

std::string size_chart(std::span<const Index> clusters, std::span<const Index> classes) {
  const std::vector<Index> found = descending(clusters), true_sizes = descending(classes);
  const bool few = clusters.size() <= 100 && classes.size() <= 100;  // more bars could not be distinguished
  const auto count = static_cast<double>(std::max(clusters.size(), classes.size()));
  const Index most = std::max(found.empty() ? 0 : found[0], true_sizes.empty() ? 0 : true_sizes[0]);
  Axis x{.label = "clusters, largest first", .low = -0.6, .high = std::max(1., count - 0.4)};
  if (!few) x.ticks = round_ticks(0, count - 1);
  Plot plot("Sizes of " + grouped(std::ssize(clusters)) + " clusters, from " +
                grouped(found.empty() ? 0 : found.front()) + " down to " +
                grouped(found.empty() ? 0 : found.back()) + " samples",
            std::move(x),
            !few && far_apart(found, true_sizes) ? axis_of_powers("samples", most)
                                                 : axis_from_zero("samples", static_cast<double>(most)));
  if (few) {
    plot.bars(ranked(found), 0.78, ink::accent);
    if (!classes.empty()) plot.steps(ranked(true_sizes), 1, ink::second);
  } else {
    plot.area(ranked(found), ink::accent);
    if (!classes.empty()) plot.line(ranked(true_sizes), ink::second);
  }
  return plot.svg();
}

std::string loss_chart(std::span<const double> losses, const std::string& unit) {
  std::vector<Point> points;
  std::vector<double> finite;
  const std::size_t step = losses.size() / 800 + 1;
  for (std::size_t i = 0; i < losses.size(); i += step) {
    if (!std::isfinite(losses[i])) continue;
    points.push_back({static_cast<double>(i + 1), losses[i]});
    finite.push_back(losses[i]);
  }
  const double last = std::max<double>(2, static_cast<double>(losses.size()));
  Axis x{.label = unit, .low = 1, .high = last, .ticks = round_ticks(1, last, 6)};
  std::erase_if(x.ticks, [](const Tick& tick) { return tick.at != std::round(tick.at); });
  Plot plot("The loss at each " + unit, std::move(x), axis_over("", finite));
  plot.line(points, ink::accent);
  if (points.size() < 40) plot.dots(points, 2.5, ink::accent);
  return plot.svg();
}

std::string confidence_chart(std::span<const float> confidence, std::span<const std::uint8_t> right) {
  constexpr int bins = 25;
  const std::vector<std::uint8_t> unknown(right.empty() ? confidence.size() : 0, 1);
  const auto histogram = shoal::confidence_histogram(confidence, right.empty() ? unknown : right, bins);
  std::vector<Point> all, wrong;
  double most = 0;
  for (std::size_t b = 0; b < bins; ++b) {
    const double middle = (static_cast<double>(b) + 0.5) / bins;
    all.push_back({middle, static_cast<double>(histogram.right[b] + histogram.wrong[b])});
    wrong.push_back({middle, static_cast<double>(histogram.wrong[b])});
    most = std::max(most, all.back().y);
  }
  Plot plot("How many samples have which confidence",
            {.label = "confidence", .low = 0, .high = 1, .ticks = round_ticks(0, 1)},
            axis_from_zero("samples", most));
  plot.bars(all, 0.86 / bins, ink::accent);
  if (!right.empty()) plot.bars(wrong, 0.86 / bins, ink::second);
  return plot.svg();
}

std::string calibration_chart(const shoal::Calibration& calibration) {
  std::vector<Point> bars;
  for (const shoal::ReliabilityBin& bin : calibration.bins)
    if (bin.samples > 0) bars.push_back({(bin.low + bin.high) / 2, bin.accuracy});
  Plot plot("Accuracy of the samples of each confidence",
            {.label = "confidence", .low = 0, .high = 1, .ticks = round_ticks(0, 1)},
            {.label = "accuracy", .low = 0, .high = 1, .ticks = round_ticks(0, 1)});
  plot.bars(bars, 0.86 / static_cast<double>(calibration.bins.size()), ink::accent);
  plot.line(std::vector<Point>{{0, 0}, {1, 1}}, ink::strong, 1.5, "6 5");
  return plot.svg();
}

std::string frequency_chart(std::vector<ClassPoint> classes) {
  std::ranges::sort(classes, {}, [](const ClassPoint& c) { return std::pair(c.accuracy, -c.samples); });
  std::vector<Point> points;
  for (const ClassPoint& c : classes) points.push_back({static_cast<double>(c.samples), c.accuracy});
  const auto [least, most] = std::ranges::minmax(points, {}, &Point::x);
  const double low = 0.85 * least.x, high = 1.3 * most.x;
  Plot plot(
      "Accuracy of each class against its number of samples",
      {.label = "samples of the class", .low = low, .high = high, .log = true, .ticks = log_ticks(low, high)},
      {.label = "accuracy", .low = -0.04, .high = 1.04, .ticks = round_ticks(0, 1)}, {.height = 400});
  plot.dots(points, classes.size() > 200 ? 2 : 3.5, ink::accent);
  std::vector<Note> lowest;
  for (const ClassPoint& c : std::span(classes).first(std::min<std::size_t>(8, classes.size())))
    lowest.push_back({{static_cast<double>(c.samples), c.accuracy}, clipped(c.name, 24)});
  plot.call_out(lowest);
  return plot.svg();
}
