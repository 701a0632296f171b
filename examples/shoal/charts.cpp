#include "charts.hpp"

#include "gnuplot.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace {

std::vector<shoal::Index> descending(std::span<const shoal::Index> values) {
  std::vector<shoal::Index> sorted(values.begin(), values.end());
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted;
}

}  // namespace

std::string size_chart(std::span<const shoal::Index> clusters, std::span<const shoal::Index> classes) {
  const bool few = clusters.size() <= 100;  // more bars than that are a blur: then an area
  std::string script = data("clusters", descending(clusters)) + data("classes", descending(classes));
  script += text("set xlabel 'clusters, largest first'\nset yrange [0:*]\nset boxwidth 0.8\n",
                 "set xrange [-0.8:", static_cast<double>(std::max(clusters.size(), classes.size())) - 0.2,
                 "]\n", few ? "set xtics format ''\n" : "", "plot $clusters using 0:1 with ",
                 few ? "boxes" : "filledcurves y1=0", " lc rgb ", ink::accent);
  if (!classes.empty())
    script += text(", $classes using 0:1 with ", few ? "histeps" : "lines", " lw 2 lc rgb ", ink::second);
  return draw(script + "\n");
}

std::string loss_chart(std::span<const double> losses, const std::string& unit) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < losses.size(); ++i) rows.push_back(text(i + 1, " ", losses[i]));
  return draw(data("losses", rows) + text("set xlabel '", unit,
                                          "'\nset offsets graph 0, 0, 0.05, 0.05\nset xrange [1:",
                                          std::max<std::size_t>(losses.size(), 2), "]\nplot $losses with ",
                                          losses.size() < 40 ? "linespoints pt 7 ps 0.35" : "lines",
                                          " lw 2 lc rgb ", ink::accent, "\n"));
}

std::string confidence_chart(std::span<const float> confidence, std::span<const std::uint8_t> right) {
  constexpr int bins = 25;
  const std::vector<std::uint8_t> unknown(right.empty() ? confidence.size() : 0, 1);
  const auto histogram = shoal::confidence_histogram(confidence, right.empty() ? unknown : right, bins);
  std::vector<std::string> rows;
  for (std::size_t b = 0; b < bins; ++b)
    rows.push_back(text((static_cast<double>(b) + 0.5) / bins, " ", histogram.right[b] + histogram.wrong[b],
                        " ", histogram.wrong[b]));
  std::string script = data("bins", rows);
  script += text("set xlabel 'confidence'\nset xrange [0:1]\nset yrange [0:*]\nset boxwidth ", 0.86 / bins,
                 "\nplot $bins using 1:2 with boxes lc rgb ", ink::accent);
  if (!right.empty()) script += text(", $bins using 1:3 with boxes lc rgb ", ink::second);
  return draw(script + "\n");
}

std::string calibration_chart(const shoal::Calibration& calibration) {
  std::vector<std::string> rows;
  for (const shoal::ReliabilityBin& bin : calibration.bins)
    if (bin.samples > 0)
      rows.push_back(text((bin.low + bin.high) / 2, " ", bin.accuracy, " ", bin.confidence));
  return draw(
      data("bins", rows) +
      text(
          "set xlabel 'confidence'\nset ylabel 'accuracy'\nset xrange [0:1]\nset yrange [0:1]\nset boxwidth ",
          0.86 / static_cast<double>(calibration.bins.size()), "\nplot $bins using 1:2 with boxes lc rgb ",
          ink::accent, ", x with lines dt (6,5) lw 1.5 lc rgb ", ink::diagonal, "\n"));
}

namespace {

/// Rows of place and name for the first of `classes`, without names that would lie on each other.
std::vector<std::string> names_of_lowest(std::span<const ClassPoint> classes, std::size_t limit) {
  std::vector<std::string> rows;
  std::vector<const ClassPoint*> named;
  for (const ClassPoint& c : classes.first(std::min(limit, classes.size()))) {
    const bool hidden = std::ranges::any_of(named, [&](const ClassPoint* other) {
      return std::abs(other->accuracy - c.accuracy) < 0.05 &&
             std::abs(std::log(static_cast<double>(other->samples) / static_cast<double>(c.samples))) < 0.35;
    });
    if (hidden) continue;
    named.push_back(&c);
    std::string name = c.name;
    std::erase(name, '"');
    rows.push_back(text(c.samples, " ", c.accuracy, " \"", name, "\""));
  }
  return rows;
}

}  // namespace

std::string frequency_chart(std::vector<ClassPoint> classes) {
  std::ranges::sort(classes, {}, &ClassPoint::accuracy);
  std::vector<std::string> all;
  for (const ClassPoint& c : classes) all.push_back(text(c.samples, " ", c.accuracy));
  const auto [least, most] = std::ranges::minmax(classes, {}, &ClassPoint::samples);
  std::string tics;
  for (shoal::Index power = 1; power <= most.samples; power *= 10)
    for (const int step : {1, 2, 5}) tics += text(tics.empty() ? "" : ", ", power * step);
  return draw(
      data("classes", all) + data("worst", names_of_lowest(classes, 8)) +
          text("set xlabel 'samples of the class'\nset ylabel 'accuracy'\nset logscale x\nset xtics (", tics,
               ")\nset xrange [", 0.85 * static_cast<double>(least.samples), ":",
               1.3 * static_cast<double>(most.samples), "]\nset yrange [-0.04:1.04]\n",
               "plot $classes with points pt 7 ps ", classes.size() > 200 ? 0.25 : 0.55, " lc rgb ",
               ink::accent, ", $worst using 1:2:3 with labels left offset graph 0.012,0 noenhanced tc rgb ",
               ink::text, "\n"),
      430);
}
