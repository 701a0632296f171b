// shoal suggest: gives hints at the number of clusters in features, with a picture of each hint.
#include "chosen_rows.hpp"
#include "device.hpp"
#include "html.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "plot.hpp"
#include "printable.hpp"
#include "report_style.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cmath>
#include <cstdio>
#include <memory>

#include <shoal/io/path.hpp>
#include <shoal/io/table.hpp>
#include <shoal/metrics/suggest.hpp>

namespace {

using shoal::Index;

constexpr const char* hints_caution =
    "These are hints, to be seen together, and none is to be trusted alone: where the truth was known they "
    "were "
    "up to several times off (docs/graph.md). What a cluster is for says best how many there should be.";

struct SuggestOptions {
  Path features, out;
  RowOptions rows;
  shoal::SuggestSettings settings;
  bool json = false;
  Machine machine;
};

/// A hint with its description.
struct Shown {
  const char *key, *title, *axis;
  const shoal::ClusterCountHint& hint;
  bool log;
};

std::vector<Shown> shown(const shoal::ClusterCountHints& hints) {
  return {{"merging", "merge tree", "share of squares within clusters", hints.merging, false},
          {"resolution", "Leiden", "resolution", hints.resolution, true},
          {"stability", "halves", "AMI of two halves", hints.stability, false},
          {"silhouette", "silhouette", "simplified silhouette", hints.silhouette, false}};
}

nlohmann::ordered_json as_json(const shoal::ClusterCountHints& hints) {
  nlohmann::ordered_json json{{"caution", hints_caution}, {"rows", hints.rows}};
  for (const Shown& of : shown(hints)) {
    nlohmann::ordered_json values = nlohmann::ordered_json::array();
    for (const double value : of.hint.value)
      values.push_back(std::isnan(value) ? nlohmann::ordered_json() : nlohmann::ordered_json(value));
    json[of.key] = {{"suggestion", of.hint.suggestion}, {"clusters", of.hint.clusters}, {"value", values}};
  }
  return json;
}

/// Draws the curve of a hint over the number of clusters, with a dot at the suggested number.
Plot picture(const Shown& of) {
  std::vector<Point> points, suggested;
  std::vector<double> finite;
  for (std::size_t k = 0; k < of.hint.clusters.size(); ++k) {
    if (std::isnan(of.hint.value[k])) continue;
    points.push_back({static_cast<double>(of.hint.clusters[k]), of.hint.value[k]});
    finite.push_back(of.hint.value[k]);
    if (of.hint.clusters[k] == of.hint.suggestion) suggested.push_back(points.back());
  }
  const double most = points.empty() ? 3 : std::max(3., points.back().x);
  Axis x{.label = "clusters", .low = 2, .high = most, .log = true, .ticks = log_ticks(2, most)};
  Axis y = axis_over("", finite, 0.1);
  if (of.log && !finite.empty()) {
    y = {.low = finite.front() / 1.5, .high = finite.back() * 1.5, .log = true};
    y.ticks = log_ticks(y.low, y.high);
  }
  Plot plot(std::string("Over the number of clusters: ") + of.axis, std::move(x), std::move(y),
            {.height = 260});
  plot.line(points, ink::accent);
  plot.dots(suggested, 5, ink::second);
  return plot;
}

std::string page(const SuggestOptions& options, const shoal::ClusterCountHints& hints) {
  std::string html = page_head("How many clusters?") + "<h1>How many clusters?</h1><p>" +
                     escaped(options.features.string()) + ", " + grouped(hints.rows) +
                     " rows</p><p class=\"muted\">" + escaped(hints_caution) +
                     "</p>\n<section class=\"charts\">\n";
  for (const Shown& of : shown(hints))
    html += "<figure><figcaption><b>" + std::string(of.title) + ": " + grouped(of.hint.suggestion) +
            "</b><span>" + of.axis + " over the number of clusters</span></figcaption>" + picture(of).svg() +
            "</figure>\n";
  return html + "</section></main></body></html>\n";
}

void run_suggest(const SuggestOptions& options) {
  const Device device = open_device(options.machine, "suggest");
  const ChosenRows features(options.features, options.rows);
  const shoal::ClusterCountHints hints =
      shoal::suggest_clusters(features, options.settings, device, progress_bar());
  if (!options.out.empty()) shoal::write_text(options.out, page(options, hints));
  if (options.json) {
    std::printf("%s\n", json_text(as_json(hints)).c_str());
    return;
  }
  for (const Shown& of : shown(hints))
    std::printf("%-12s%lld\n", of.title, static_cast<long long>(of.hint.suggestion));
  std::printf("\n%s\n", hints_caution);
  if (!options.out.empty()) say_written({options.out});
}

}  // namespace

void add_suggest(CLI::App& app) {
  const auto options = std::make_shared<SuggestOptions>();
  Verb verb(app, "suggest", "Hint at how many clusters there are");
  add_features(verb, options->features, "Features, n × d " + feature_formats).required();
  add_rows(verb, options->rows);
  verb.number("--most", options->settings.most, Range<Index>{2, most_things}, "Clusters to look at, at most",
              "a sixteenth of the rows, at most 4096");
  verb.number("--sample", options->settings.rows, Range<Index>{4, most_things},
              "Rows to look at, drawn at random where there are more");
  verb.output("--out", options->out, "Where a page with a picture of each hint goes (.html)");
  verb.flag("--json", options->json, "Print JSON, with the curves");
  add_seed(verb, options->settings.seed, "Seed of all that is drawn");
  add_machine(verb, options->machine);
  add_device(verb, options->machine, "What computes");
  verb.examples("  shoal suggest examples/data/features.npy --out hints.html");
  verb.runs([options] { run_suggest(*options); });
}
