#include "figures.hpp"

#include "gnuplot.hpp"
#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using nlohmann::ordered_json;

namespace {

std::string keys(bool kmeans, bool probe) {
  std::string html;
  for (const Series& s : series())
    if (kmeans || std::string(s.key) != "kmeans")
      html += text("<span class=\"key\" style=\"--key: var(", s.variable, ")\">", s.name, "</span> &ensp;");
  if (probe) html += "<span class=\"key\" style=\"--key: var(--muted)\">linear probe</span>";
  return html;
}

const ordered_json* find(const Results& results, const std::string& name) {
  for (const auto& r : results)
    if (r["name"] == name) return &r;
  return nullptr;
}

/// Accuracy of each method against the parameter of a group of benchmarks, and the set of all classes at its
/// end.
std::string against_parameter(const Results& results, const std::string& group, const std::string& label) {
  std::string script, plot;
  std::vector<std::string> tics, probe;
  std::vector<const ordered_json*> points;
  for (const auto& r : results)
    if (r["group"] == group) points.push_back(&r);
  if (const auto* all = find(results, "all")) points.push_back(all);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& r = *points[i];
    tics.push_back(r["name"] == "all" ? text("'all' ", i) : text("'", r["parameter"].get<double>(), "' ", i));
    probe.push_back(text(i, " ", 100 * r["probe"]["acc"].get<double>()));
  }
  script += "set xtics (";
  for (const auto& tic : tics) script += tic + (&tic == &tics.back() ? "" : ", ");
  script += text(")\nset xlabel '", label,
                 "'\nset ylabel 'accuracy, %'\nset xrange [-0.3:", static_cast<double>(points.size()) - 0.7,
                 "]\nset yrange [0:*]\n");
  script += data("probe", probe);
  plot += text("$probe with linespoints pt 7 ps 0.3 dt (3,4) lw 1.5 lc rgb ", ink::text);
  for (const Series& s : series()) {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const shoal::Spread acc = over_seeds(*points[i], s.key, "acc");
      rows.push_back(text(i, " ", 100 * acc.mean, " ", 100 * acc.deviation));
    }
    script += data(s.key, rows);
    plot += text(", $", s.key, " with yerrorlines pt 7 ps 0.45 lw 2 lc rgb ", s.ink);
  }
  return draw(script + "plot " + plot + "\n");
}

/// By how much TEMI and SCANv2 lie above or below k-means, relative, on each benchmark.
std::string gains(const Results& results) {
  std::vector<std::string> tics;
  const auto count = results.size();
  std::string script = text("set terminal svg size 1080,", 70 + 20 * count,
                            " dynamic enhanced font 'sans-serif,12'\n"),
              plot;
  for (std::size_t i = 0; i < count; ++i)
    tics.push_back(text("\"", results[i]["title"].get<std::string>(), "\" ", count - 1 - i));
  script += "set lmargin 36\nset ytics (";
  for (const auto& tic : tics) script += tic + (&tic == &tics.back() ? "" : ", ");
  script += text(
      ")\nset xlabel 'accuracy relative to k-means, %'\nset yrange [-0.7:", static_cast<double>(count) - 0.3,
      "]\nset grid xtics lt 1 lw 1 lc rgb ", ink::grid,
      "\nunset grid\nset grid xtics\nset offsets graph 0.03, graph 0.03, 0, 0\nset arrow from 0, graph "
      "0 to 0, graph 1 nohead lw 1.5 lc rgb ",
      ink::diagonal, "\n");
  for (const Series& s : series()) {
    if (std::string(s.key) == "kmeans") continue;
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < count; ++i) {
      const double base = over_seeds(results[i], "kmeans", "acc").mean;
      rows.push_back(text(100 * (over_seeds(results[i], s.key, "acc").mean / base - 1), " ", count - 1 - i));
    }
    script += data(s.key, rows);
    plot += text(plot.empty() ? "" : ", ", "$", s.key, " with points pt 7 ps 0.75 lc rgb ", s.ink);
  }
  return draw(script + "plot " + plot + "\n");
}

/// Probe accuracy against three measures of separability, with the line that fits best.
std::string separability(const Results& results, std::string& reading) {
  struct Measure {
    const char *key, *name;
  };
  std::string script =
      "set terminal svg size 1080,270 dynamic enhanced font 'sans-serif,12'\nset multiplot layout 1,3\n";
  for (const Measure& m : {Measure{"alignment", "alignment"}, Measure{"davies_bouldin", "Davies-Bouldin"},
                           Measure{"silhouette", "silhouette"}}) {
    std::vector<double> x, y;
    std::vector<std::string> rows;
    for (const auto& r : results) {
      x.push_back(100 * r["probe"]["acc"].get<double>());
      y.push_back(r["separability"][m.key].get<double>());
      rows.push_back(text(x.back(), " ", y.back()));
    }
    const double r2 = determination(x, y);
    reading += text(reading.empty() ? "" : ", ", m.name, " R² = ", decimals(r2, 2));
    script += data(m.key, rows);
    script += text("set xlabel 'accuracy of the probe, %'\nset ylabel '", m.name,
                   "'\nset offsets graph 0.06, graph 0.06, graph 0.08, graph 0.08\n");
    script +=
        text("f(x) = a*x + b\nset fit quiet logfile '/dev/null'\nfit f(x) $", m.key, " using 1:2 via a, b\n");
    script += text("plot ", "f(x) with lines lw 1.5 dt (6,5) lc rgb ", ink::text, ", $", m.key,
                   " with points pt 7 ps 0.6 lc rgb ", ink::accent, "\n");
  }
  return draw(script + "unset multiplot\n");
}

/// A score of each method, mean and deviation over seeds, against a number; `points` are objects that hold
/// the number under `key` and each method's runs. Levels are horizontal lines beside them.
std::string against_number(const ordered_json& points, const char* key, const char* score,
                           const std::string& label,
                           const std::vector<std::pair<double, const Series*>>& levels) {
  std::string script = text("set xlabel '", label,
                            "'\nset offsets graph 0.05, graph 0.05, graph 0.08, graph 0.08\n"),
              plot, tics;
  for (const auto& point : points) tics += text(tics.empty() ? "" : ", ", point[key].get<long long>());
  script += text("set logscale x 2\nset xtics (", tics, ")\n");
  for (const auto& [level, s] : levels)
    plot += text(plot.empty() ? "" : ", ", 100 * level, " with lines dt (6,5) lw 1.5 lc rgb ", s->ink);
  for (const Series& s : series()) {
    if (!points[0].contains(s.key)) continue;
    std::vector<std::string> rows;
    for (const auto& point : points) {
      std::vector<double> values;
      for (const auto& run : point[s.key]) values.push_back(100 * run[score].get<double>());
      const shoal::Spread spread = shoal::spread(values);
      rows.push_back(text(point[key].get<double>(), " ", spread.mean, " ", spread.deviation));
    }
    script += data(s.key, rows);
    plot += text(plot.empty() ? "" : ", ", "$", s.key, " with yerrorlines pt 7 ps 0.45 lw 2 lc rgb ", s.ink);
  }
  return script + "plot " + plot + "\n";
}

/// TEMI by its number of neighbours on the coarse benchmarks, k-means and SCANv2 as levels.
std::string by_neighbors(const std::vector<const ordered_json*>& coarse) {
  std::string script =
      text("set terminal svg size 1080,270 dynamic enhanced font 'sans-serif,12'\nset multiplot layout 1,",
           coarse.size(), "\nset tmargin 2\nset title textcolor rgb ", ink::diagonal, " offset 0,-0.6\n");
  for (const auto* r : coarse) {
    std::vector<std::pair<double, const Series*>> levels;
    for (const Series& s : series())
      if (std::string(s.key) != "temi") levels.emplace_back(over_seeds(*r, s.key, "acc").mean, &s);
    script += text("set title 'depth at most ", (*r)["parameter"].get<double>(), "'\nset ylabel '",
                   r == coarse.front() ? "accuracy, %" : "", "'\n") +
              against_number((*r)["by_neighbors"], "neighbors", "acc", "neighbours m", levels);
  }
  return draw(script + "unset multiplot\n");
}

/// NMI by the number of clusters; its own number of classes among them.
std::string by_clusters(const ordered_json& result) {
  ordered_json points = result["by_clusters"];
  ordered_json own = result["methods"];
  own["clusters"] = result["sizes"]["classes"];
  points.push_back(own);
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a["clusters"] < b["clusters"]; });
  return draw("set ylabel 'NMI, %'\n" + against_number(points, "clusters", "nmi", "clusters", {}));
}

/// Reliability and confidences of each model with probabilities, on one benchmark.
std::string reliability(const ordered_json& result, bool histogram) {
  struct Model {
    const char* name;
    const ordered_json* scores;
    const char* ink;
  };
  std::vector<Model> models{{"linear probe", &result["probe"], ink::text}};
  for (const Series& s : series())
    if (result["methods"][s.key][0].contains("reliability"))
      models.push_back({s.name, &result["methods"][s.key][0], s.ink});
  std::string script =
      text("set terminal svg size 1080,", histogram ? 220 : 290,
           " dynamic enhanced font 'sans-serif,12'\nset multiplot layout 1,", models.size(),
           "\nset xlabel 'confidence'\nset xrange [0:1]\nset tmargin 2\nset title textcolor rgb ",
           ink::diagonal, " offset 0,-0.6\n");
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto& [name, scores, colour] = models[m];
    const auto& r = (*scores)["reliability"];
    std::vector<std::string> rows;
    script += text("set title '", name, ": ECE ", decimals((*scores)["ece"].get<double>(), 3),
                   ", mean confidence ", decimals((*scores)["confidence"].get<double>(), 2), "'\n");
    if (histogram) {
      const auto right = r["right"].get<std::vector<double>>(), wrong = r["wrong"].get<std::vector<double>>();
      double all = 0;
      for (std::size_t b = 0; b < right.size(); ++b) all += right[b] + wrong[b];
      for (std::size_t b = 0; b < right.size(); ++b)
        rows.push_back(text((static_cast<double>(b) + 0.5) / static_cast<double>(right.size()), " ",
                            100 * (right[b] + wrong[b]) / all, " ", 100 * right[b] / all));
      script += data(text("bins", m), rows);
      script += text("unset title\nset ylabel '", m == 0 ? "samples, %" : "",
                     "'\nset yrange [0:*]\nset boxwidth ", 0.86 / static_cast<double>(right.size()),
                     "\nplot $bins", m, " using 1:2 with boxes fs transparent solid 0.35 noborder lc rgb ",
                     colour, ", $bins", m, " using 1:3 with boxes lc rgb ", colour, "\n");
    } else {
      for (const auto& bin : r["bins"])
        if (bin["samples"].get<long long>() > 0)
          rows.push_back(text((bin["low"].get<double>() + bin["high"].get<double>()) / 2, " ",
                              bin["accuracy"].get<double>()));
      script += data(text("bins", m), rows);
      script += text("set ylabel '", m == 0 ? "accuracy" : "", "'\nset yrange [0:1]\nset boxwidth ",
                     0.86 / static_cast<double>(r["bins"].size()), "\nplot $bins", m, " with boxes lc rgb ",
                     colour, ", x with lines dt (6,5) lw 1.5 lc rgb ", ink::diagonal, "\n");
    }
  }
  return draw(script + "unset multiplot\n");
}

bool has(const Results& results, const std::string& group) {
  for (const auto& r : results)
    if (r["group"] == group) return true;
  return false;
}

}  // namespace

const std::vector<Series>& series() {
  static const std::vector<Series> all{{"kmeans", "k-means", ink::diagonal, "--ink"},
                                       {"temi", "TEMI", ink::accent, "--accent"},
                                       {"scan", "SCANv2", ink::second, "--second"}};
  return all;
}

shoal::Spread over_seeds(const ordered_json& result, const std::string& method, const std::string& score) {
  std::vector<double> values;
  for (const auto& run : result["methods"][method]) values.push_back(run[score].get<double>());
  return shoal::spread(values);
}

double determination(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < 3) return std::numeric_limits<double>::quiet_NaN();
  const double mx = shoal::spread(x).mean, my = shoal::spread(y).mean;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy * xy / (xx * yy);
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
  for (const auto& r : results)
    if (r.contains("by_clusters"))
      all.push_back({"nmi_by_clusters", "Over-clustering",
                     r["title"].get<std::string>() + "<br>" + keys(true, false), by_clusters(r), false});
  if (const auto* full = find(results, "all")) {
    all.push_back({"reliability", "Calibration",
                   "all classes, first seed; bars on the dashed line: as often right as confident",
                   reliability(*full, false), true});
    all.push_back({"confidence", "Confidence",
                   "the same samples by their confidence; the solid part is right", reliability(*full, true),
                   true});
  }
  return all;
}
