#include "figures.hpp"

#include "html.hpp"
#include "plot.hpp"
#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using nlohmann::ordered_json;

namespace {

std::string keys(bool kmeans, bool probe) {
  std::string html;
  for (const Series& s : series())
    if (kmeans || std::string(s.key) != "kmeans")
      html +=
          std::string("<span class=\"key\" style=\"--key: var(") + s.ink + ")\">" + s.name + "</span> &ensp;";
  if (probe) html += "<span class=\"key\" style=\"--key: var(--muted)\">linear probe</span>";
  return html;
}

/// A row of marks with their texts.
std::vector<Tick> numbered(const std::vector<std::string>& texts) {
  std::vector<Tick> ticks;
  for (std::size_t i = 0; i < texts.size(); ++i) ticks.push_back({static_cast<double>(i), texts[i]});
  return ticks;
}

double largest_y(std::span<const std::vector<Point>> lines) {
  double most = 0;
  for (const auto& line : lines)
    for (const Point& p : line) most = std::max(most, p.y);
  return most;
}

/// Accuracy of each method against the parameter of a group of benchmarks, and the set of all classes at its
/// end.
std::string against_parameter(const Results& results, const std::string& group, const std::string& label) {
  std::vector<const ordered_json*> benchmarks;
  for (const auto& r : results)
    if (r["group"] == group) benchmarks.push_back(&r);
  if (const auto* all = find(results, "all")) benchmarks.push_back(all);
  std::vector<std::string> names;
  std::vector<std::vector<Point>> lines(series().size() + 1);
  std::vector<std::vector<double>> spreads(series().size());
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    const auto& r = *benchmarks[i];
    const auto x = static_cast<double>(i);
    names.push_back(r["name"] == "all" ? "all" : tick_text(r["parameter"].get<double>()));
    for (std::size_t s = 0; s < series().size(); ++s) {
      const shoal::Spread acc = over_seeds(r, series()[s].key, "acc");
      lines[s].push_back({x, 100 * acc.mean});
      spreads[s].push_back(100 * acc.deviation);
    }
    lines.back().push_back({x, 100 * r["probe"]["acc"].get<double>()});
  }
  Plot plot("Accuracy of each method by " + label,
            {.label = label,
             .low = -0.3,
             .high = static_cast<double>(names.size()) - 0.7,
             .ticks = numbered(names)},
            axis_from_zero("accuracy, %", largest_y(lines)));
  plot.line(lines.back(), ink::text, 1.5, "3 4");
  plot.dots(lines.back(), 2, ink::text);
  for (std::size_t s = 0; s < series().size(); ++s) {
    plot.line(lines[s], series()[s].ink);
    plot.error_bars(lines[s], spreads[s], series()[s].ink);
    plot.dots(lines[s], 3, series()[s].ink);
  }
  return plot.svg();
}

/// By how much TEMI and SCANv2 lie above or below k-means, relative, on each benchmark.
std::string gains(const Results& results) {
  const auto count = results.size();
  std::vector<std::string> titles;
  std::vector<std::vector<Point>> dots;
  std::vector<double> values{0};
  for (std::size_t i = 0; i < count; ++i)
    titles.push_back(clipped(results[count - 1 - i]["title"].get<std::string>(), 40));
  for (const Series& s : series()) {
    if (std::string(s.key) == "kmeans") continue;
    auto& own = dots.emplace_back();
    for (std::size_t i = 0; i < count; ++i) {
      const double base = over_seeds(results[i], "kmeans", "acc").mean;
      own.push_back(
          {100 * (over_seeds(results[i], s.key, "acc").mean / base - 1), static_cast<double>(count - 1 - i)});
      if (std::isfinite(own.back().x)) values.push_back(own.back().x);
    }
  }
  Plot plot(
      "Accuracy of TEMI and SCANv2 relative to k-means on each benchmark",
      axis_over("accuracy relative to k-means, %", values),
      {.low = -0.7, .high = static_cast<double>(count) - 0.3, .ticks = numbered(titles)},
      {.width = 1000, .height = 70 + 22 * static_cast<double>(count), .left = 270, .vertical_grid = true});
  plot.line(std::vector<Point>{{0, -0.7}, {0, static_cast<double>(count) - 0.3}}, ink::strong, 1.5);
  for (std::size_t s = 0; s < dots.size(); ++s) plot.dots(dots[s], 4, series()[s + 1].ink);
  return plot.svg();
}

/// Probe accuracy against three measures of separability, with the line that fits best.
std::string separability(const Results& results, std::string& reading) {
  struct Measure {
    const char *key, *name;
  };
  std::vector<Plot> plots;
  for (const Measure& m : {Measure{"alignment", "alignment"}, Measure{"davies_bouldin", "Davies-Bouldin"},
                           Measure{"silhouette", "silhouette"}}) {
    std::vector<double> x, y;
    std::vector<Point> dots;
    for (const auto& r : results) {
      x.push_back(100 * r["probe"]["acc"].get<double>());
      y.push_back(r["separability"][m.key].get<double>());
      dots.push_back({x.back(), y.back()});
    }
    const FittedLine fitted = line_through(x, y);
    reading +=
        (reading.empty() ? "" : ", ") + std::string(m.name) + " R² = " + decimals(fitted.determination, 2);
    const Axis across = axis_over("accuracy of the probe, %", x, 0.06);
    Plot plot(m.name, across, axis_over(m.name, y, 0.08), {.width = 350, .height = 260});
    plot.line(std::vector<Point>{{across.low, fitted.at(across.low)}, {across.high, fitted.at(across.high)}},
              ink::text, 1.5, "6 5");
    plot.dots(dots, 3, ink::accent);
    plots.push_back(std::move(plot));
  }
  return side_by_side("Accuracy of the probe against three measures of separability", plots);
}

/// A score of each method, mean and deviation over seeds, against a number; `points` are objects that hold
/// the number under `key` and each method's runs. Levels are horizontal lines beside them.
Plot against_number(const ordered_json& points, const char* key, const char* score, const std::string& label,
                    const std::string& title, const std::vector<std::pair<double, const Series*>>& levels,
                    double width) {
  std::vector<std::vector<Point>> lines;
  std::vector<std::vector<double>> spreads;
  std::vector<const Series*> shown;
  std::vector<double> values;
  double least = 1e300, most = 1;
  Axis x{.label = label, .log = true};
  for (const auto& point : points) {
    const auto at = point[key].get<double>();
    x.ticks.push_back({at, tick_text(at)});
    least = std::min(least, at);
    most = std::max(most, at);
  }
  x.low = least / 1.1;
  x.high = most * 1.1;
  for (const auto& [level, s] : levels) values.push_back(100 * level);
  for (const Series& s : series()) {
    if (!points[0].contains(s.key)) continue;
    shown.push_back(&s);
    auto& line = lines.emplace_back();
    auto& spread_of = spreads.emplace_back();
    for (const auto& point : points) {
      std::vector<double> runs;
      for (const auto& run : point[s.key]) runs.push_back(100 * run[score].get<double>());
      const shoal::Spread spread = shoal::spread(runs);
      line.push_back({point[key].get<double>(), spread.mean});
      spread_of.push_back(spread.deviation);
      values.push_back(spread.mean);
    }
  }
  Plot plot(label + " and " + score, x,
            axis_over(std::string(score) == "nmi" ? "NMI, %" : "accuracy, %", values, 0.08),
            {.width = width, .height = 260, .top = title.empty() ? 10. : 26.});
  if (!title.empty()) plot.title(title);
  for (const auto& [level, s] : levels)
    plot.line(std::vector<Point>{{x.low, 100 * level}, {x.high, 100 * level}}, s->ink, 1.5, "6 5");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    plot.line(lines[i], shown[i]->ink);
    plot.error_bars(lines[i], spreads[i], shown[i]->ink);
    plot.dots(lines[i], 3, shown[i]->ink);
  }
  return plot;
}

/// TEMI by its number of neighbours on the coarse benchmarks, k-means and SCANv2 as levels.
std::string by_neighbors(const std::vector<const ordered_json*>& coarse) {
  std::vector<Plot> plots;
  for (const auto* r : coarse) {
    std::vector<std::pair<double, const Series*>> levels;
    for (const Series& s : series())
      if (std::string(s.key) != "temi") levels.emplace_back(over_seeds(*r, s.key, "acc").mean, &s);
    plots.push_back(against_number((*r)["by_neighbors"], "neighbors", "acc", "neighbours m",
                                   "depth at most " + tick_text((*r)["parameter"].get<double>()), levels,
                                   1050. / static_cast<double>(coarse.size())));
  }
  return side_by_side("Accuracy of TEMI by its number of neighbours on coarse labels", plots);
}

/// NMI by the number of clusters; its own number of classes among them.
std::string by_clusters(const ordered_json& result) {
  ordered_json points = result["by_clusters"];
  ordered_json own = result["methods"];
  own["clusters"] = result["sizes"]["classes"];
  points.push_back(own);
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a["clusters"] < b["clusters"]; });
  return against_number(points, "clusters", "nmi", "clusters", "", {}, 480).svg();
}

/// A model with probabilities on one benchmark.
struct ScoredModel {
  const char* name;
  const ordered_json* scores;
  const char* ink;
};

std::vector<ScoredModel> scored_models(const ordered_json& result) {
  std::vector<ScoredModel> models{{"linear probe", &result["probe"], ink::text}};
  for (const Series& s : series())
    if (result["methods"][s.key][0].contains("reliability"))
      models.push_back({s.name, &result["methods"][s.key][0], s.ink});
  return models;
}

/// Zero-shot classification among each kind of candidates.
std::vector<ScoredModel> zero_shot_models(const ordered_json& result) {
  std::vector<ScoredModel> models;
  for (const auto& [among, name] :
       {std::pair("all", "all classes"), {"level", "same level"}, {"siblings", "siblings"}})
    if (result["zero_shot"].contains(among))
      models.push_back({name, &result["zero_shot"][among], ink::accent});
  return models;
}

Axis unit_axis(const char* label) {
  return {.label = label, .low = 0, .high = 1, .ticks = round_ticks(0, 1)};
}

/// Accuracy by confidence of each model.
std::string reliability(const std::vector<ScoredModel>& models) {
  std::vector<Plot> plots;
  for (const auto& [name, scores, colour] : models) {
    const auto& bins = (*scores)["reliability"]["bins"];
    std::vector<Point> bars;
    for (const auto& bin : bins)
      if (bin["samples"].get<long long>() > 0)
        bars.push_back(
            {(bin["low"].get<double>() + bin["high"].get<double>()) / 2, bin["accuracy"].get<double>()});
    Plot plot(name, unit_axis("confidence"), unit_axis("accuracy"),
              {.width = 1050. / static_cast<double>(models.size()), .height = 280, .top = 26});
    plot.title(std::string(name) + ": ECE " + decimals((*scores)["ece"].get<double>(), 3) +
               ", mean confidence " + decimals((*scores)["confidence"].get<double>(), 2));
    plot.bars(bars, 0.86 / static_cast<double>(bins.size()), colour);
    plot.line(std::vector<Point>{{0, 0}, {1, 1}}, ink::strong, 1.5, "6 5");
    plots.push_back(std::move(plot));
  }
  return side_by_side("Accuracy by confidence of each model", plots);
}

/// The confidences of the same models, the right samples solid.
std::string confidences(const ordered_json& result) {
  std::vector<Plot> plots;
  const auto models = scored_models(result);
  for (const auto& [name, scores, colour] : models) {
    const auto& r = (*scores)["reliability"];
    const auto right = r["right"].get<std::vector<double>>(), wrong = r["wrong"].get<std::vector<double>>();
    double all = 0;
    for (std::size_t b = 0; b < right.size(); ++b) all += right[b] + wrong[b];
    std::vector<std::vector<Point>> bars(2);
    for (std::size_t b = 0; b < right.size(); ++b) {
      const double middle = (static_cast<double>(b) + 0.5) / static_cast<double>(right.size());
      bars[0].push_back({middle, 100 * (right[b] + wrong[b]) / all});
      bars[1].push_back({middle, 100 * right[b] / all});
    }
    Plot plot(name, unit_axis("confidence"), axis_from_zero("samples, %", largest_y(bars)),
              {.width = 1050. / static_cast<double>(models.size()), .height = 220});
    plot.bars(bars[0], 0.86 / static_cast<double>(right.size()), colour, 0.35);
    plot.bars(bars[1], 0.86 / static_cast<double>(right.size()), colour);
    plots.push_back(std::move(plot));
  }
  return side_by_side("How many samples have which confidence, by model", plots);
}

/// By how many points TEMI lies above SCANv2 on the features of each model, a bar a model.
std::string by_model(const ordered_json& result) {
  std::vector<std::string> names{"features"};
  std::vector<double> gaps;
  const auto gap = [&](const ordered_json& runs) {
    const ordered_json all{{"methods", runs}};
    gaps.push_back(100 * (over_seeds(all, "temi", "acc").mean - over_seeds(all, "scan", "acc").mean));
  };
  gap(result["methods"]);
  for (const auto& point : result["by_model"]) {
    names.push_back(clipped(point["model"].get<std::string>(), 20));
    gap(point);
  }
  std::vector<Point> bars;
  for (std::size_t i = 0; i < gaps.size(); ++i) bars.push_back({static_cast<double>(i), gaps[i]});
  gaps.push_back(0);
  const double last = static_cast<double>(names.size()) - 0.4;
  Plot plot("Accuracy of TEMI less that of SCANv2 on the features of each model",
            {.label = "features", .low = -0.6, .high = last, .ticks = numbered(names)},
            axis_over("TEMI − SCANv2, points", gaps, 0.08));
  plot.bars(bars, 0.6, ink::accent);
  plot.line(std::vector<Point>{{-0.6, 0}, {last, 0}}, ink::strong, 1.5);
  return plot.svg();
}

bool has(const Results& results, const std::string& group) {
  for (const auto& r : results)
    if (r["group"] == group) return true;
  return false;
}

}  // namespace

const std::vector<Series>& series() {
  static const std::vector<Series> all{
      {"kmeans", "k-means", ink::strong}, {"temi", "TEMI", ink::accent}, {"scan", "SCANv2", ink::second}};
  return all;
}

shoal::Spread over_seeds(const ordered_json& result, const std::string& method, const std::string& score) {
  std::vector<double> values;
  for (const auto& run : result["methods"][method]) values.push_back(run[score].get<double>());
  return shoal::spread(values);
}

FittedLine line_through(const std::vector<double>& x, const std::vector<double>& y) {
  const double mx = shoal::spread(x).mean, my = shoal::spread(y).mean;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  return {slope, my - slope * mx,
          x.size() < 3 ? std::numeric_limits<double>::quiet_NaN() : xy * xy / (xx * yy)};
}

std::vector<Figure> figures(const Results& results) {
  std::vector<Figure> all;
  if (has(results, "Granularity"))
    all.push_back({"accuracy_by_depth", "Granularity",
                   "classes deeper than d go to their ancestor of depth d<br>" + keys(true, true),
                   against_parameter(results, "Granularity", "greatest depth d"), false});
  if (has(results, "Frequency"))
    all.push_back({"accuracy_by_spread", "Imbalance",
                   "classes between the percentiles 50 − s and 50 + s by size<br>" + keys(true, true),
                   against_parameter(results, "Frequency", "spread s"), false});
  all.push_back({"gains", "Gain over k-means", keys(false, false), gains(results), true});
  if (results.size() >= 3) {
    std::string reading;
    std::string svg = separability(results, reading);
    all.push_back({"separability", "Separability and the probe", "a point a benchmark; " + reading,
                   std::move(svg), true});
  }
  std::vector<const ordered_json*> coarse;
  for (const auto& r : results)
    if (r.contains("by_neighbors")) coarse.push_back(&r);
  if (!coarse.empty())
    all.push_back({"accuracy_by_neighbors", "More neighbours for coarse labels",
                   "TEMI by m; dashed: k-means, SCANv2", by_neighbors(coarse), true});
  // The files of several benchmarks are told apart by their names; the usual one has the short name.
  const auto file = [](const char* name, const char* usual, const ordered_json& r) {
    return std::string(name) + (r["name"] == usual ? "" : "_" + r["name"].get<std::string>());
  };
  for (const auto& r : results) {
    if (r.contains("by_clusters"))
      all.push_back({file("nmi_by_clusters", "centered", r), "Over-clustering",
                     escaped(r["title"].get<std::string>()) + "<br>" + keys(true, false), by_clusters(r),
                     false});
    if (r.contains("by_model"))
      all.push_back({file("by_model", "random", r), "Dependence on the features",
                     escaped(r["title"].get<std::string>()) + "; above 0 TEMI is better", by_model(r),
                     false});
  }
  if (const auto* full = find(results, "all")) {
    all.push_back({"reliability", "Calibration",
                   "all classes, first seed; bars on the dashed line: as often right as confident",
                   reliability(scored_models(*full)), true});
    if (full->contains("zero_shot"))
      all.push_back({"zero_shot", "Zero-shot calibration",
                     "the held-out samples among all classes, those of their level, their siblings",
                     reliability(zero_shot_models(*full)), true});
    all.push_back({"confidence", "Confidence",
                   "the same samples by their confidence; the solid part is right", confidences(*full),
                   true});
  }
  return all;
}
