// shoal cluster: features in; labels, confidences, a model, a record of the run and a report out.
#include "cluster_job.hpp"
#include "stopwatch.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <map>
#include <memory>

#include <shoal/io/npy.hpp>
#include <shoal/version.hpp>

namespace {

const std::map<std::string, ClusterMethod*> methods{{"kmeans", cluster_by_kmeans}, {"pmi", cluster_by_pmi},
                                                    {"wpmi", cluster_by_wpmi},     {"temi", cluster_by_temi},
                                                    {"scan", cluster_by_scan},     {"scp", cluster_by_scp}};

nlohmann::ordered_json record(const ClusterOptions& options, const ClusterOutcome& outcome,
                              shoal::AnyRows features, const shoal::Cpu& cpu) {
  nlohmann::ordered_json run{
      {"shoal", SHOAL_VERSION_STRING}, {"method", outcome.name},     {"features", options.features.string()},
      {"rows", features.rows()},       {"columns", features.cols()}, {"clusters", options.clusters},
      {"seed", options.seed},          {"threads", cpu.threads()},   {"device", options.device},
      {"settings", outcome.settings}};
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

void run(const ClusterOptions& options) {
  const auto features = shoal::npy::map(options.features);
  const shoal::Cpu cpu = options.machine.cpu();
  std::filesystem::create_directories(options.out);

  ClusterMethod* const method = options.device == "cuda" ? cluster_by_cuda : methods.at(options.method);
  ClusterOutcome outcome = method(options, features, cpu, progress_bar());
  const Stopwatch predicting;
  const shoal::Prediction prediction = shoal::predict(outcome.model, features, cpu);
  outcome.seconds["predict"] = predicting.seconds();
  const nlohmann::ordered_json json = record(options, outcome, features, cpu);

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

void add_heads_options(CLI::App& verb, ClusterOptions& options) {
  const char* group = "Heads (pmi, wpmi, temi, scan, scp); 0 for the method's default";
  CLI::Option* view = verb.add_option(
      "--view", options.view, "Another view of the rows, as wide: pairs are the two views of a row (.npy)");
  view->group(group);
  verb.add_option("--neighbors", options.neighbors,
                  "Neighbours of each row: pairs are a row and a neighbour; found where not given (.npy)")
      ->excludes(view)
      ->group(group);
  verb.add_option("--neighbor-count", options.neighbor_count, "How many to find")
      ->capture_default_str()
      ->group(group);
  verb.add_flag("--small-data", options.small_data,
                "Start from settings for up to some 100,000 rows: standardised, a higher rate, enough steps")
      ->group(group);
  verb.add_option("--heads", options.heads, "Heads trained together; the one of lowest loss is used")
      ->group(group);
  verb.add_option("--epochs", options.epochs, "Passes over the rows")->group(group);
  verb.add_option("--batch", options.batch, "Pairs a step")->group(group);
  verb.add_option("--lr", options.learning_rate, "Learning rate for a batch of 256; grows with the batch")
      ->group(group);
  verb.add_option("--beta", options.beta, "Exponent of pmi, wpmi and temi: lower keeps clusters apart")
      ->check(CLI::Range(0., 1.))
      ->group(group);
  verb.add_option("--alpha", options.alpha, "Weight of the balancing of scan and scp")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  verb.add_option("--precision", options.precision,
                  "What a step's products take: bfloat16 is faster on processors that have it, and coarser")
      ->capture_default_str()
      ->check(CLI::IsMember({"float32", "bfloat16"}))
      ->group(group);
  verb.add_flag("--resume", options.resume, "Go on from the checkpoint in the folder, if there is one")
      ->group(group);
}

}  // namespace

void add_cluster(CLI::App& app) {
  const auto options = std::make_shared<ClusterOptions>();
  CLI::App* verb = app.add_subcommand("cluster", "Cluster features; write labels, a model and a report");
  verb->add_option("FEATURES", options->features, "Features, n × d (.npy of float32, float16 or bfloat16)")
      ->required();
  verb->add_option("--method", options->method, "What finds the clusters")
      ->capture_default_str()
      ->check(CLI::IsMember(&methods));
  verb->add_option("--clusters", options->clusters, "How many")->required();
  verb->add_option("--out", options->out,
                   "Folder for labels.npy, top5.npy, confidence.npy, model.shoal, run.json, report.html")
      ->required();
  verb->add_option("--seed", options->seed, "The same seed gives the same bits")->capture_default_str();
  verb->add_flag("--standardize", options->standardize, "Bring columns to mean 0 and deviation 1 first");
  add_machine(*verb, options->machine);
  verb->add_option("--device", options->device, "What clusters: cpu, or cuda for a GPU in a build with CUDA")
      ->capture_default_str()
      ->check(CLI::IsMember({"cpu", "cuda"}));
  add_kmeans_options(*verb, *options);
  add_heads_options(*verb, *options);
  add_report_extras(*verb, options->extras);
  verb->add_flag("--no-report", options->no_report, "Leave report.html out");
  add_examples(
      *verb,
      "  shoal cluster examples/data/features.npy --clusters 24 --out out/kmeans\n"
      "  shoal cluster features.npy --method temi --clusters 1000 --neighbors nn.npy --out out/temi\n"
      "  shoal cluster text.npy --method scp --view image.npy --clusters 100 --out out/scp");
  verb->callback([options] { run(*options); });
}
