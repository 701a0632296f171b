// shoal compare: scores several clusterings of the same rows without labels, and shows how similar they are.
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
#include <list>
#include <memory>

#include <shoal/io/path.hpp>
#include <shoal/io/table.hpp>
#include <shoal/metrics/compare.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/mapped_neighbors.hpp>

namespace {

namespace fs = std::filesystem;
using shoal::Index;

constexpr const char* caution =
    "No single score is to be trusted. Where the truth was known, a score's rank correlation with the "
    "accuracy "
    "was, over four sets: agreement of views .06 to .70, silhouette .22 to .81, information of neighbours "
    ".43 "
    "to .67; nearness to the others was right among runs of one method (.83).";

struct CompareOptions {
  std::vector<std::string> runs;
  std::vector<Path> views;
  Path features, neighbors, out;
  RowOptions rows;
  Index neighbor_count = 50;
  bool json = false;
  Machine machine;
};

/// A named score of every run.
struct Column {
  const char *key, *title;
  std::vector<double> values;
};

std::vector<Column> columns_of(const shoal::ClusteringComparison& found) {
  std::vector<Column> columns{{"silhouette", "silhouette", found.scores.silhouette},
                              {"neighbor_information", "information", found.scores.neighbor_information}};
  if (!found.scores.view_agreement.empty())
    columns.push_back({"view_agreement", "views agree", found.scores.view_agreement});
  if (found.ami.rows() > 1) columns.push_back({"nearness", "nearness", found.scores.nearness});
  return columns;
}

/// Returns the label files of the runs.
std::vector<Path> label_files(const CompareOptions& options) {
  std::vector<Path> files;
  for (const std::string& run : options.runs)
    files.push_back(is_folder(run) ? Path(run) / "labels.npy" : Path(run));
  return files;
}

/// Makes the checks of compare() before the neighbours are searched for.
void check_labels(const CompareOptions& options, const std::vector<std::vector<shoal::Label>>& labels,
                  Index rows) {
  shoal::check(rows >= 2, shoal::Errc::invalid_argument, "compare: ", options.features.string(), " has ",
               rows, " rows; at least 2 are needed");
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const std::string run = options.runs[r];
    shoal::check(std::ssize(labels[r]) == rows, shoal::Errc::invalid_argument, "compare: ", run, " has ",
                 labels[r].size(), " labels; the features have ", rows, " rows");
    for (std::size_t i = 0; i < labels[r].size(); ++i)
      shoal::check(labels[r][i] >= 0, shoal::Errc::bad_data, "compare: the label of row ", i, " of ", run,
                   " (", labels[r][i], ") must be at least 0");
  }
}

/// Returns a JSON number, or null for NaN.
nlohmann::ordered_json number(double value) {
  return std::isnan(value) ? nlohmann::ordered_json() : nlohmann::ordered_json(value);
}

nlohmann::ordered_json as_json(const CompareOptions& options, const shoal::ClusteringComparison& found) {
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  const auto columns = columns_of(found);
  for (std::size_t r = 0; r < options.runs.size(); ++r) {
    nlohmann::ordered_json run{{"run", options.runs[r]}};
    for (const Column& column : columns) {
      run[column.key] = number(column.values[r]);
      run[std::string(column.key) + "_rank"] = shoal::score_ranks(column.values)[r];
    }
    const auto a = static_cast<Index>(r);
    for (Index b = 0; b < found.ami.cols(); ++b) {
      run["ami"].push_back(found.ami(a, b));
      run["ari"].push_back(found.ari(a, b));
    }
    runs.push_back(run);
  }
  return {{"caution", caution}, {"runs", runs}};
}

void print(const CompareOptions& options, const shoal::ClusteringComparison& found) {
  const auto columns = columns_of(found);
  for (const Column& column : columns) std::printf("%12s rank  ", column.title);
  std::printf("run\n");
  for (std::size_t r = 0; r < options.runs.size(); ++r) {
    for (const Column& column : columns)
      if (std::isnan(column.values[r]))
        std::printf("%12s %4s  ", "undefined", "");
      else
        std::printf("%12.4f %4.3g  ", column.values[r], shoal::score_ranks(column.values)[r]);
    std::printf("%zu %s\n", r + 1, printable(options.runs[r]).c_str());
  }
  if (options.runs.size() > 1) std::printf("\nAMI above the diagonal, ARI below it\n");
  for (Index a = 0; a < found.ami.rows() && options.runs.size() > 1; ++a) {
    for (Index b = 0; b < found.ami.cols(); ++b)
      std::printf("%8.4f", a < b ? found.ami(a, b) : a > b ? found.ari(a, b) : 1.);
    std::printf("  %lld\n", static_cast<long long>(a) + 1);
  }
  std::printf("\n%s\n", caution);
}

/// Draws a dot for each run above its number.
std::string picture(const Column& column) {
  std::vector<Point> points;
  std::vector<double> finite;
  for (std::size_t r = 0; r < column.values.size(); ++r) {
    if (std::isnan(column.values[r])) continue;
    points.push_back({static_cast<double>(r + 1), column.values[r]});
    finite.push_back(column.values[r]);
  }
  if (points.empty()) return "<p>No run has this score.</p>";
  const auto runs = static_cast<double>(column.values.size());
  Axis x{.label = "run", .low = 0.5, .high = runs + 0.5, .ticks = round_ticks(1, std::max(2., runs))};
  std::erase_if(x.ticks, [&](const Tick& tick) { return tick.at != std::round(tick.at) || tick.at > runs; });
  Plot plot(std::string("The score of each run: ") + column.title, std::move(x), axis_over("", finite, 0.15),
            {.width = 360, .height = 240});
  plot.dots(points, 4, ink::accent);
  return plot.svg();
}

/// Returns a table of the runs and their scores.
std::string score_table(const CompareOptions& options, std::span<const Column> columns) {
  std::string html =
      "<div class=\"scroll tall\" role=\"region\" aria-label=\"Table of all runs\" tabindex=\"0\"><table "
      "class=\"list words" +
      std::to_string(columns.size() + 2) + "\"><thead><tr><th scope=\"col\"><span>Run</span></th>";
  for (const Column& column : columns)
    html += "<th scope=\"col\"><span>" + std::string(column.title) + "</span></th>";
  html += "<th scope=\"col\" class=\"words\"><span>Labels</span></th></tr></thead><tbody>\n";
  for (std::size_t r = 0; r < options.runs.size(); ++r) {
    html += "<tr><td>" + std::to_string(r + 1) + "</td>";
    for (const Column& column : columns)
      html += "<td>" + (std::isnan(column.values[r]) ? "undefined" : decimals(column.values[r], 4)) + "</td>";
    html += "<td>" + escaped(options.runs[r]) + "</td></tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string page(const CompareOptions& options, const shoal::ClusteringComparison& found) {
  const std::vector<Column> columns = columns_of(found);
  std::string html = page_head("Clusterings compared") + "<h1>" + grouped(std::ssize(options.runs)) +
                     " clusterings</h1><p class=\"muted\">" + escaped(caution) +
                     "</p>\n<section class=\"charts three\">\n";
  for (const Column& column : columns)
    html += "<figure><figcaption><b>" + std::string(column.title) +
            "</b><span>higher is better, with caution</span></figcaption>" + picture(column) + "</figure>\n";
  return html + "</section>\n<h2>Scores</h2>\n" + score_table(options, columns) + "</main></body></html>\n";
}

void run_compare(const CompareOptions& options) {
  const Device device = open_device(options.machine, "compare");
  std::vector<std::vector<shoal::Label>> labels;
  for (const Path& file : label_files(options)) labels.push_back(shoal::npy::read_vector<shoal::Label>(file));
  const ChosenRows features(options.features, options.rows);
  check_labels(options, labels, features.rows());
  std::list<ChosenRows> files;
  std::vector<shoal::AnyRows> sources;
  for (const Path& view : options.views) sources.push_back(files.emplace_back(view, options.rows));
  const std::vector<shoal::BorrowedView<shoal::AnyRows>> views(sources.begin(), sources.end());
  shoal::Hook hook = progress_bar();
  shoal::Neighbors searched;
  std::optional<shoal::MappedNeighbors> stored;
  if (options.neighbors.empty())
    searched = exact_neighbors(
        features, {.count = std::min(options.neighbor_count, std::max<Index>(1, features.rows() - 1))},
        device, hook);
  else
    stored.emplace(options.neighbors);
  show_phase(hook, "scores");
  const shoal::ClusteringComparison found =
      shoal::compare(labels, features, views,
                     stored ? stored->ids() : shoal::MatrixView<const std::int32_t>(searched.ids), device);
  hook = {};  // the terminal is free again
  if (!options.out.empty()) shoal::write_text(options.out, page(options, found));
  if (options.json) {
    std::printf("%s\n", json_text(as_json(options, found)).c_str());
    return;
  }
  print(options, found);
  if (!options.out.empty()) say_written({options.out});
}

}  // namespace

void add_compare(CLI::App& app) {
  const auto options = std::make_shared<CompareOptions>();
  Verb verb(app, "compare", "Score several clusterings of the same rows without labels");
  verb.words("RUN", options->runs, "Folders that shoal cluster wrote, or labels from anywhere, n (.npy)",
             "RUN")
      .required();
  verb.reads("RUN", [options] { return label_files(*options); });
  verb.features("--features", options->features, "The features that were clustered " + feature_formats)
      .required();
  add_rows(verb, options->rows);
  verb.views(
      "--view", [options](const std::string& text) { options->views.emplace_back(text); },
      "A view of the rows; from two on their agreement is a score " + feature_formats);
  verb.input("--neighbors", options->neighbors, "Neighbours of each row; found where not given (.npy)");
  verb.number("--neighbor-count", options->neighbor_count, Range<Index>{1, 100'000},
              "Neighbours to find for each row");
  verb.not_with("--neighbor-count", {"--neighbors"});
  verb.output("--out", options->out, "Where a page with a picture of each score goes (.html)");
  verb.flag("--json", options->json, "Print JSON");
  add_machine(verb, options->machine);
  add_device(verb, options->machine, "What computes");
  verb.examples("  shoal compare out/kmeans out/auto out/temi --features examples/data/features.npy");
  verb.runs([options] { run_compare(*options); });
}
