#include "summary.hpp"

#include "paper.hpp"

#include <cmath>

using nlohmann::ordered_json;

namespace {

/// Six digits are more than a score over samples holds; shorter files are easier to compare.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

ordered_json spread_json(const std::vector<double>& runs) {
  const shoal::Spread s = shoal::spread(runs);
  return {{"mean", rounded(s.mean)}, {"deviation", rounded(s.deviation)}};
}

/// Every number of the runs of one method by name, and the loss that heads had after four fifths of the
/// epochs.
ordered_json over_runs(const ordered_json& runs) {
  ordered_json all = ordered_json::object();
  for (const auto& [name, first] : runs[0].items()) {
    if (!first.is_number()) continue;
    std::vector<double> values;
    for (const auto& run : runs) values.push_back(run[name].get<double>());
    all[name] = spread_json(values);
  }
  all["runs"] = runs.size();
  if (!runs[0].contains("losses")) return all;
  std::vector<double> earlier;
  for (const auto& run : runs) {
    const auto& losses = run["losses"];
    earlier.push_back(losses[(losses.size() - 1) * 4 / 5].get<double>());
  }
  all["loss_at_four_fifths"] = spread_json(earlier);
  return all;
}

ordered_json numbers_of(const ordered_json& scores) {
  ordered_json all = ordered_json::object();
  for (const auto& [name, value] : scores.items())
    if (value.is_number_float())
      all[name] = rounded(value.get<double>());
    else if (value.is_number())
      all[name] = value;
  return all;
}

/// The points of a curve: the number under `key`, and each method's scores over seeds.
ordered_json curve(const ordered_json& points, const char* key) {
  ordered_json all = ordered_json::array();
  for (const auto& point : points) {
    ordered_json one{{key, point[key]}};
    if (point.contains("probe")) one["probe"] = rounded(point["probe"].get<double>());
    for (const Series& s : series())
      if (point.contains(s.key)) one[s.key] = over_runs(point[s.key]);
    all.push_back(one);
  }
  return all;
}

ordered_json benchmark_json(const ordered_json& r) {
  ordered_json all;
  for (const char* key : {"name", "group", "title", "parameter", "digest", "sizes"}) all[key] = r[key];
  if (r.contains("relabelled")) all["relabelled"] = r["relabelled"];
  if (r.contains("zero_shot"))
    for (const auto& [among, measured] : r["zero_shot"].items())
      all["zero_shot"][among] = numbers_of(measured);
  all["separability"] = numbers_of(r["separability"]);
  all["probe"] = numbers_of(r["probe"]);
  for (const Series& s : series()) all["methods"][s.key] = over_runs(r["methods"][s.key]);
  for (const auto& [key, number] :
       {std::pair("by_neighbors", "neighbors"), {"by_clusters", "clusters"}, {"by_model", "model"}})
    if (r.contains(key)) all[key] = curve(r[key], number);
  if (const Accuracies* paper = paper_accuracies(r["name"].get<std::string>())) all["paper_acc"] = *paper;
  all["cpu_seconds"] = r["cpu_seconds"];
  return all;
}

/// R² of the line through the probe's accuracy and each measure.
ordered_json fits(const Results& results, bool coarse) {
  ordered_json all;
  for (const char* measure : {"alignment", "davies_bouldin", "silhouette"}) {
    std::vector<double> x, y;
    for (const auto& r : results) {
      if (!coarse && r["group"] == "Granularity") continue;
      x.push_back(r["probe"]["acc"].get<double>());
      y.push_back(r["separability"][measure].get<double>());
    }
    all["benchmarks"] = x.size();
    if (x.empty()) return all;
    const FittedLine line = line_through(x, y);
    all[measure] = {{"determination", line.determination}, {"slope", line.slope}};
  }
  return all;
}

}  // namespace

const ordered_json* find(const Results& results, const std::string& name) {
  for (const auto& r : results)
    if (r["name"] == name) return &r;
  return nullptr;
}

bool is_result(const ordered_json& r) {
  if (!r.is_object()) return false;
  for (const char* text : {"name", "group", "title", "digest"})
    if (!r.contains(text) || !r[text].is_string()) return false;
  for (const char* object : {"settings", "sizes", "separability", "probe", "methods"})
    if (!r.contains(object) || !r[object].is_object()) return false;
  for (const Series& s : series())
    if (!r["methods"].contains(s.key) || !r["methods"][s.key].is_array() || r["methods"][s.key].empty() ||
        !r["methods"][s.key][0].contains("acc"))
      return false;
  return r["probe"].contains("acc") && r.contains("seconds") && r.contains("cpu_seconds");
}

ordered_json summary(const Results& results) {
  ordered_json all{{"settings", results.front()["settings"]},
                   {"probe_fits", {{"all", fits(results, true)}, {"without_coarse", fits(results, false)}}}};
  double cpu = 0;
  for (const auto& r : results) {
    all["benchmarks"].push_back(benchmark_json(r));
    cpu += r["cpu_seconds"].get<double>();
  }
  for (const Comparison& c : comparisons(results))
    all["comparisons"].push_back(
        {{"title", c.title}, {"from", c.from}, {"to", c.to}, {"here", c.here}, {"paper", c.paper}});
  all["cpu_seconds"] = cpu;
  return all;
}

std::string summary_text(const ordered_json& summary) {
  std::string text;
  for (const auto& [name, value] : summary.items()) {
    text += (text.empty() ? "{\n" : ",\n") + ordered_json(name).dump() + ": ";
    if (!value.is_array()) {
      text += value.dump();
      continue;
    }
    for (std::size_t i = 0; i < value.size(); ++i) text += (i == 0 ? "[\n " : ",\n ") + value[i].dump();
    text += "\n]";
  }
  return text + "\n}\n";
}
