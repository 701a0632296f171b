// shoal cluster: features in; labels, confidences, a model, a record of the run and a report out.
#include "cluster_job.hpp"
#include "stopwatch.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <memory>

#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

ClusterOutcome fit(const ClusterOptions& options, shoal::RowsRef features, const shoal::Cpu& cpu) {
  return cluster_by_kmeans(options, features, cpu, progress_bar());
}

nlohmann::ordered_json record(const ClusterOptions& options, const ClusterOutcome& outcome,
                              shoal::RowsRef features, const shoal::Cpu& cpu) {
  nlohmann::ordered_json run{
      {"shoal", SHOAL_VERSION_STRING}, {"method", outcome.name},     {"features", options.features.string()},
      {"rows", features.rows()},       {"columns", features.cols()}, {"clusters", options.clusters},
      {"seed", options.seed},          {"threads", cpu.threads()},   {"standardize", options.standardize},
      {"settings", outcome.settings}};
  run["loss_name"] = outcome.loss_name;
  run["loss_unit"] = outcome.loss_unit;
  run["losses"] = outcome.losses;
  run["stopped"] = outcome.stopped;
  return run;
}

void run(const ClusterOptions& options) {
  const auto features = shoal::npy::map(options.features);
  const shoal::Cpu cpu = options.machine.cpu();
  std::filesystem::create_directories(options.out);

  const Stopwatch fitting;
  ClusterOutcome outcome = fit(options, features, cpu);
  const double fit_seconds = fitting.seconds();
  const Stopwatch predicting;
  const shoal::Prediction prediction = shoal::predict(outcome.model, features, cpu);
  nlohmann::ordered_json json = record(options, outcome, features, cpu);
  json["fit_seconds"] = fit_seconds;
  json["predict_seconds"] = predicting.seconds();
  json["peak_bytes"] = peak_bytes();

  shoal::npy::write(options.out / "labels.npy", prediction.labels);
  shoal::npy::write(options.out / "top5.npy", prediction.top);
  shoal::npy::write(options.out / "confidence.npy", prediction.confidence);
  shoal::save_model(options.out / "model.shoal",
                    {std::move(outcome.model), outcome.name, outcome.settings.dump()});
  write_json(options.out / "run.json", json);
  if (!options.no_report) write_report(options.out, features, options.extras, cpu);
  std::printf("%s: %s. %s\n", outcome.name.c_str(), outcome.stopped.c_str(),
              (options.out / (options.no_report ? "run.json" : "report.html")).c_str());
}

void add_kmeans_options(CLI::App& verb, ClusterOptions& options) {
  const char* group = "k-means";
  verb.add_option("--geometry", options.geometry, "cosine or euclidean")
      ->capture_default_str()
      ->check(CLI::IsMember({"cosine", "euclidean"}))
      ->group(group);
  verb.add_option("--init", options.init, "k-means++ or random")
      ->capture_default_str()
      ->check(CLI::IsMember({"k-means++", "random"}))
      ->group(group);
  verb.add_option("--iterations", options.iterations, "At most so many")->capture_default_str()->group(group);
  verb.add_option("--restarts", options.restarts, "Runs from different seeds; the best is kept")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_cluster(CLI::App& app) {
  const auto options = std::make_shared<ClusterOptions>();
  CLI::App* verb = app.add_subcommand("cluster", "Cluster features; write labels, a model and a report");
  verb->add_option("FEATURES", options->features, "Features, n × d (.npy of float32, float16 or bfloat16)")
      ->required();
  verb->add_option("--method", options->method, "kmeans")
      ->capture_default_str()
      ->check(CLI::IsMember({"kmeans"}));
  verb->add_option("--clusters", options->clusters, "How many")->required();
  verb->add_option("--out", options->out,
                   "Folder for labels.npy, top5.npy, confidence.npy, model.shoal, run.json, report.html")
      ->required();
  verb->add_option("--seed", options->seed, "The same seed gives the same bits")->capture_default_str();
  verb->add_flag("--standardize", options->standardize, "Bring columns to mean 0 and deviation 1 first");
  add_machine(*verb, options->machine);
  add_kmeans_options(*verb, *options);
  add_report_extras(*verb, options->extras);
  verb->add_flag("--no-report", options->no_report, "Leave report.html out");
  add_examples(*verb, "  shoal cluster examples/data/features.npy --clusters 24 --out out/kmeans");
  verb->callback([options] { run(*options); });
}
