// shoal cluster: reads features; writes labels, confidences, a model, a record of the run and a report.
#include "chosen_rows.hpp"
#include "cluster_ranks.hpp"
#include "console.hpp"
#include "html.hpp"
#include "label_table.hpp"
#include "launch.hpp"
#include "median.hpp"
#include "method_table.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "stopwatch.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <memory>
#include <variant>

#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

using shoal::Index;

/// The options of the verb, including those of the methods and of the report.
struct ClusterVerbOptions : ClusterOptions {
  std::string method = "kmeans", format = "npy";
  ReportExtras extras;
  bool no_report = false;
};

const std::vector<std::string> cluster_outputs{
    "run.json",     "labels.npy",    "top5.npy",   "confidence.npy", "model.shoal",   "report.html",
    "clusters.tsv", "exemplars.tsv", "labels.csv", "labels.tsv",     "labels.parquet"};

/// Returns whether the method leaves a checkpoint from which it can be resumed.
bool resumes(const std::string& method) {
  const auto own = std::ranges::find(method_table(), method, &MethodEntry::name);
  return std::ranges::find(own->options, "--resume", &MethodOption::name) != own->options.end();
}

/// Returns whether the method makes a graph of each view; other methods need no neighbours if there are
/// views.
bool sums_graphs(const std::string& method) {
  const auto own = std::ranges::find(method_table(), method, &MethodEntry::name);
  return own->group == std::string(graph_methods_group);
}

/// Counts the clusters that have a sample.
Index occupied(const std::vector<shoal::Label>& labels, Index clusters) {
  std::vector<bool> seen(static_cast<std::size_t>(clusters));
  for (const shoal::Label label : labels) seen[static_cast<std::size_t>(label)] = true;
  return std::ranges::count(seen, true);
}

nlohmann::ordered_json record(const ClusterVerbOptions& options, const ClusterOutcome& outcome,
                              shoal::AnyRows features, const shoal::Cpu& cpu) {
  nlohmann::ordered_json run{{"shoal", SHOAL_VERSION_STRING},
                             {"method", outcome.name},
                             {"features", options.features.string()},
                             {"rows", features.rows()},
                             {"columns", features.cols()},
                             {"clusters", outcome.clusters},
                             {"median_confidence", median(outcome.prediction.confidence)},
                             {"clusters_used", occupied(outcome.prediction.labels, outcome.clusters)},
                             {"seed", options.seed},
                             {"threads", cpu.threads()},
                             {"device", options.machine.device},
                             {"settings", outcome.settings}};
  if (!options.rows.ids.empty()) run["rows_taken"] = options.rows.ids.string();
  run["confidence"] = std::holds_alternative<shoal::HeadModel>(outcome.model) ? "probabilities" : "centroids";
  if (ranks() > 1) run["ranks"] = ranks();
  run["loss_name"] = outcome.loss_name;
  run["loss_unit"] = outcome.loss_unit;
  run["losses"] = outcome.losses;
  run["stopped"] = outcome.stopped;
  if (!outcome.details.is_null()) run["details"] = outcome.details;
  run["fit_seconds"] = outcome.seconds["fit"];
  run["seconds"] = outcome.seconds;
  run["peak_bytes"] = peak_bytes();
  return run;
}

/// Runs the method on the device, both as the options name them.
ClusterOutcome cluster(const ClusterVerbOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                       const shoal::Hook& hook) {
  const auto& table = method_table();
  const auto method = std::ranges::find(table, options.method, &MethodEntry::name);
  const ClusterJob job{options, features, hook};
  const bool cuda = options.machine.device == "cuda";
  shoal::check(!cuda || ranks() == 1, shoal::Errc::invalid_argument,
               "cluster: --device cuda runs in one process");
  ClusterOutcome outcome = ranks() > 1 ? cluster_over_ranks(options.method, job, cpu)
                           : cuda
                               ? cluster_on_cuda(static_cast<std::size_t>(method - table.begin()), job, cpu)
                               : method->run(job, cpu);
  if (outcome.clusters == 0) outcome.clusters = options.clusters;
  return outcome;
}

void run_cluster(const ClusterVerbOptions& options) {
  const ChosenRows features(options.features, options.rows);
  shoal::check(options.clusters <= features.rows(), shoal::Errc::invalid_argument, "--clusters (",
               options.clusters, ") must not exceed the ", features.rows(), " rows of ",
               options.features.string());
  ReportTexts texts = read_extras(options.extras, features);
  const shoal::Cpu cpu = options.machine.cpu();
  shoal::Hook hook = progress_bar("reading");
  ClusterOutcome outcome = cluster(options, features, cpu, hook);
  if (rank() != 0) return;  // only the first rank writes
  const Index clusters = outcome.clusters;
  const nlohmann::ordered_json json = record(options, outcome, features, cpu);

  show_phase(hook, "writing");
  Outputs outputs(options.out, cluster_outputs);
  const Path& out = outputs.staging();
  shoal::npy::write(out / "labels.npy", outcome.prediction.labels);
  shoal::npy::write(out / "top5.npy", outcome.prediction.top);
  shoal::npy::write(out / "confidence.npy", outcome.prediction.confidence);
  write_label_table(out, options.format, features, outcome.prediction);
  shoal::save_model(out / "model.shoal",
                    {std::move(outcome.model), outcome.name, json_text(outcome.settings, -1)});
  write_json(out / "run.json", json);
  show_phase(hook, "report");
  if (!options.no_report) write_report(out, out, options.out, features, std::move(texts), cpu);
  const std::string wrote = outputs.publish();
  hook = {};  // the terminal is free again
  if (!resumes(options.method))
    std::filesystem::remove(options.out / "checkpoint.shoal");  // of another method
  const auto used = json["clusters_used"].get<Index>();
  const std::string few = used < clusters ? ". " + grouped(clusters - used) + " of " + grouped(clusters) +
                                                " clusters stayed empty"
                                          : "";
  say(outcome.name + ": " + outcome.stopped + ", " + seconds(json["fit_seconds"].get<double>()) + few);
  say(wrote);
}

/// Adds the options that all methods share.
void add_common_options(Verb& verb, ClusterVerbOptions& options) {
  add_features(verb, options.features, "Features, n × d " + feature_formats).required();
  add_rows(verb, options.rows);
  std::vector<std::string> names;
  for (const MethodEntry& method : method_table()) names.push_back(method.name);
  verb.choice("--method", options.method, names, "What finds the clusters");
  verb.number("--clusters", options.clusters, Range<Index>{1, most_things}, "How many, at most the rows", "");
  std::vector<std::string> files = cluster_outputs;
  files.push_back("checkpoint.shoal");
  verb.output_folder("--out", options.out, files,
                     "Folder for labels.npy, top5.npy, confidence.npy, model.shoal, run.json, report.html, "
                     "clusters.tsv, exemplars.tsv")
      .required();
  add_label_format(verb, options.format);
  add_seed(verb, options.seed, "The same seed gives the same bits");
  verb.flag("--standardize", options.standardize, "Bring columns to mean 0 and deviation 1 first");
  add_machine(verb, options.machine);
  add_device(verb, options.machine, "What clusters");
  verb.flag("--refine", options.machine.refine,
            "k-means on a GPU: tell apart in double the centroids that products can't, so that labels do not "
            "depend on --device-precision");
  verb.only_where({"--refine"}, "--device cuda and --method kmeans",
                  [&options] { return options.machine.device == "cuda" && options.method == "kmeans"; });
}

}  // namespace

void add_cluster(CLI::App& app) {
  const auto options = std::make_shared<ClusterVerbOptions>();
  Verb verb(app, "cluster", "Cluster features; write labels, a model and a report");
  add_common_options(verb, *options);
  add_method_options(verb, options->given);
  verb.not_with("--hierarchical", {"--init", "--restarts", "--tolerance", "--weights", "--start",
                                   "--min-size", "--max-size", "--mini-batch"});
  verb.not_with("--mini-batch", {"--restarts", "--tolerance", "--min-size", "--max-size"});
  verb.not_with("--start", {"--init", "--restarts", "--standardize"});
  verb.not_with("--weights", {"--min-size", "--max-size"});
  verb.not_with("--neighbors", {"--view"});
  verb.not_with("--preset", {"--small-data"});
  verb.not_with("--true-pairs", {"--view", "--class-pairs"});
  verb.not_with("--class-pairs", {"--view", "--neighbors", "--neighbor-count", "--index"});
  verb.only_with("--true-share", {"--true-pairs"});
  verb.not_with("--neighbor-count", {"--neighbors"});
  verb.not_with("--index", {"--view", "--neighbors"});
  verb.not_with("--resolution", {"--clusters"});
  verb.heading("Report");
  add_report_extras(verb, options->extras);
  verb.flag("--no-report", options->no_report, "Leave report.html, clusters.tsv and exemplars.tsv out");
  for (const char* extra : {"--truth", "--samples", "--class-names"}) verb.not_with(extra, {"--no-report"});
  verb.examples(
      "  shoal cluster examples/data/features.npy --clusters 24 --samples examples/data/samples.tsv --out "
      "out/kmeans\n"
      "  shoal cluster examples/data/features.npy --method auto --clusters 24 --out out/auto\n"
      "  shoal cluster examples/data/features.npy --method temi --small-data --clusters 24 --heads 4 --out "
      "out/temi\n"
      "  shoal cluster examples/data/view_lemma.npy --method auto --view examples/data/view_gloss.npy "
      "--clusters 24 --out out/views\n"
      "  shoal cluster examples/data/view_lemma.npy --method scp --view examples/data/view_gloss.npy "
      "--clusters 24 --heads 4 --epochs 30 --out out/scp");
  verb.must([options] {
    check_method_options(options->method, options->given);
    if (options->clusters == 0 && !options->given.contains("--resolution"))
      throw UsageError(options->method == "leiden" ? "--clusters or --resolution is required"
                                                   : "--clusters is required");
    if (options->given.contains("--view") && options->given.contains("--neighbor-count") &&
        !sums_graphs(options->method))
      throw UsageError("--neighbor-count has no meaning beside --view");
  });
  verb.runs([options] { run_cluster(*options); });
}
