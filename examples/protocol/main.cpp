// The paper's study on your data: features, labels and their hierarchy in, a table and its figures out.
#include "machine.hpp"
#include "report.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "trial.hpp"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include <shoal/io/atomic_file.hpp>
#include <shoal/probe/linear.hpp>

namespace {

struct Options {
  DataFiles files;
  PlanSettings plans;
  TrialSettings trial;
  Machine machine;
  std::filesystem::path out;
  std::vector<std::string> only;
  std::string title = "Clustering benchmarks";
  bool report_only = false;
};

void add_options(CLI::App& app, Options& o) {
  app.add_option("FEATURES", o.files.features, "Features, n × d (.npy)")->required();
  app.add_option("LABELS", o.files.labels, "Class of each row (.npy)")->required();
  auto& h = o.files.hierarchy;
  auto* hierarchy = app.add_option(
      "HIERARCHY", h.file,
      std::string(hierarchy_file_meaning) + "; without it no coarse, leaf or relabelled benchmark is made");
  app.add_option("CLASSES", h.classes, class_list_meaning);
  app.add_option("--format", h.format, "Of the hierarchy")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "wordnet", "tsv", "pairs", "reversed-pairs", "semantic-tree"}));
  app.add_option("--primary", h.primary, "Which parent makes the tree")
      ->capture_default_str()
      ->check(CLI::IsMember({"first", "shallowest", "deepest"}));
  app.add_flag("--forest", h.forest, "Let the hierarchy have several roots");
  auto* given = app.add_option("--validation-features", o.files.validation_features,
                               "Features of a given validation split; FEATURES are the training split then");
  auto* given_labels = app.add_option("--validation-labels", o.files.validation_labels, "Its classes (.npy)");
  given->needs(given_labels);
  given_labels->needs(given);
  app.add_option("--model", o.files.models,
                 "NAME=FILE, features of the same rows by another model: adds the classes easy to it, "
                 "and the union");
  app.add_option("--validation-model", o.files.validation_models,
                 "NAME=FILE, that model's features of the given validation split")
      ->needs(given);
  auto* prototypes = app.add_option("--prototypes", o.files.prototypes,
                                    "Classes as features, C × d: adds HZR, p-HZR and zero-shot accuracy");
  auto* texts = app.add_option("--text-features", o.files.text_features,
                               "Features of the same rows that lie in the prototypes' space, where FEATURES "
                               "don't: what relabels and classifies by zero-shot");
  texts->needs(prototypes);
  app.add_option("--validation-text-features", o.files.validation_text_features,
                 "The same of the given validation split")
      ->needs(given)
      ->needs(texts);
  app.add_option("--keep", o.files.keep,
                 "Use so many classes only, drawn at random with the class above each; 0 for all")
      ->capture_default_str()
      ->needs(hierarchy);
  app.add_option("--validation-share", o.files.validation_share, "Share of each class held out")
      ->capture_default_str()
      ->excludes(given);
  app.add_option("--out", o.out, "Directory: a JSON file a benchmark, and report.html")->required();
  app.add_option("--title", o.title, "Headline of the report")->capture_default_str();
  app.add_option("--only", o.only, "Run these benchmarks only, by name");
  app.add_flag("--report-only", o.report_only, "Run nothing; report on what is there");
  app.add_option("--depths", o.plans.depths, "The depths d of coarse benchmarks")->capture_default_str();
  app.add_option("--spreads", o.plans.spreads, "The spreads s of frequency benchmarks")
      ->capture_default_str();
  app.add_option("--easy", o.plans.easy, "Classes of the easy and the random benchmark; 0 for a tenth")
      ->capture_default_str();
  app.add_option("--neighbor-counts", o.plans.neighbor_counts,
                 "Train TEMI with these m too, where depth ≤ 2");
  app.add_option("--cluster-shares", o.plans.cluster_shares,
                 "Cluster into so many clusters a class too, e.g. 0.5 2 4");
  app.add_option("--over-cluster", o.plans.over_cluster,
                 "The benchmarks that --cluster-shares is for, by name, or every")
      ->capture_default_str();
  app.add_option("--by-model", o.plans.by_model,
                 "Cluster these benchmarks, by name, or every, by the features of each --model too");
  auto& t = o.trial;
  app.add_option("--repeats", t.repeats, "Seeds of each clustering")->capture_default_str();
  app.add_option("--neighbors", t.neighbors, "Neighbours m of each row")->capture_default_str();
  app.add_option("--iterations", t.iterations, "Iterations of k-means")->capture_default_str();
  app.add_option("--heads", t.heads, "Heads H of TEMI and SCANv2")->capture_default_str();
  app.add_option("--epochs", t.epochs, "Epochs of TEMI and SCANv2")->capture_default_str();
  app.add_option("--pairs", t.pairs,
                 "Pairs that a training sees at least, by more epochs on small benchmarks")
      ->capture_default_str();
  app.add_option("--batch", t.batch, "Pairs a step of TEMI")->capture_default_str();
  app.add_option("--scan-batch", t.scan_batch, "Pairs a step of SCANv2")->capture_default_str();
  app.add_option("--learning-rate", t.learning_rate, "Of TEMI, times batch / 256")->capture_default_str();
  app.add_option("--scan-learning-rate", t.scan_learning_rate, "Of SCANv2, times batch / 256")
      ->capture_default_str();
  app.add_option("--teacher-momentum", t.teacher_momentum, "Of the averaged heads")->capture_default_str();
  app.add_option("--hidden", t.hidden, "Width of the heads' hidden layer; 0 for none")->capture_default_str();
  app.add_option("--bottleneck", t.bottleneck, "Width of the heads' bottleneck")->capture_default_str();
  app.add_option("--probe-epochs", t.probe_epochs, "Epochs of the linear probe")->capture_default_str();
  app.add_option("--silhouette-sample", t.silhouette_sample, "Rows that the silhouette scores")
      ->capture_default_str();
  app.add_option("--threads", o.machine.threads, "Threads; 0 for all cores")
      ->capture_default_str()
      ->check(CLI::Range(0, 4096));
  app.add_option("--memory", o.machine.memory, "GiB to plan for beyond the inputs; 0 for no limit")
      ->capture_default_str()
      ->check(CLI::Range(0., 1e6));
  app.add_option("--device", o.machine.device, "What computes: cpu or, in a build with CUDA, cuda")
      ->capture_default_str()
      ->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_option("--device-precision", o.machine.precision, "How products of a GPU read their factors")
      ->capture_default_str()
      ->check(CLI::IsMember({"float32", "tf32", "float16", "bfloat16"}));
}

/// Whether the file holds all that the plan asks for, of this data and under these settings.
bool done(const std::filesystem::path& file, const Plan& plan, const Data& data,
          const TrialSettings& settings) {
  std::ifstream in(file);
  if (!in.good()) return false;
  const auto result = nlohmann::ordered_json::parse(in, nullptr, false);
  const auto held = [&](const char* key) { return result.contains(key) ? result[key].size() : 0; };
  return is_result(result) && result.value("labels", "") == data.digest &&
         result["settings"] == describe(settings) && held("by_neighbors") == plan.neighbor_counts.size() &&
         held("by_clusters") == plan.cluster_shares.size() &&
         held("by_model") == (plan.by_model ? data.models.size() : 0) &&
         (held("zero_shot") > 0) == plan.zero_shot;
}

/// Moves a file that is there to the first free name of NAME.old, NAME.old2, …, and says so.
void move_aside(const std::filesystem::path& file, const char* why) {
  if (!std::filesystem::exists(file)) return;
  std::filesystem::path old = file;
  old += ".old";
  for (int i = 2; std::filesystem::exists(old); ++i) old = file.string() + ".old" + std::to_string(i);
  std::filesystem::rename(file, old);
  std::fprintf(stderr, "protocol: %s is %s; it is now %s\n", file.c_str(), why, old.c_str());
}

/// The results that are there, of this version or of one whose results can be read.
Results read_results(const std::filesystem::path& out, const std::vector<Plan>& plans) {
  Results results;
  for (const Plan& plan : plans) {
    const auto file = out / (plan.name + ".json");
    std::ifstream in(file);
    if (!in.good()) continue;
    auto result = nlohmann::ordered_json::parse(in, nullptr, false);
    in.close();
    if (is_result(result))
      results.push_back(std::move(result));
    else
      move_aside(file, "no result that this version can read");
  }
  return results;
}

/// Accuracy of each label by the probe of all classes on these features.
std::vector<float> class_accuracy(const Data& data, const Features& features, const TrialSettings& settings,
                                  const Device& device) {
  std::vector<shoal::Label> same(static_cast<std::size_t>(data.classes));
  std::iota(same.begin(), same.end(), shoal::Label{0});
  const shoal::Benchmark everything = shoal::map_labels({data.training, data.validation}, same);
  const auto result = probe(data, features, everything, settings, device);
  std::vector<float> by_label(same.size(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t c = 0; c < everything.classes.size(); ++c)
    by_label[static_cast<std::size_t>(everything.classes[c])] = static_cast<float>(result.class_accuracy[c]);
  return by_label;
}

/// Who says which classes are easy: the features themselves, and the other models. Each is probed once at
/// most.
std::vector<Judge> judges_of(const Data& data, const TrialSettings& settings, const Device& device) {
  std::vector<Judge> judges;
  const auto add = [&](const Features& features) {
    auto known = std::make_shared<std::vector<float>>();
    judges.push_back({features.name, [&data, &settings, &device, &features, known] {
                        if (known->empty()) *known = class_accuracy(data, features, settings, device);
                        return *known;
                      }});
  };
  add(data.features);
  for (const Features& model : data.models) add(model);
  return judges;
}

void run(const Options& o) {
  std::filesystem::create_directories(o.out);
  const Device device = open_device(o.machine, "protocol");
  const Data data = load(o.files);
  const std::vector<Plan> plans = plan_benchmarks(data, o.plans, judges_of(data, o.trial, device), device);
  NeighborCache cache;
  for (const Plan& plan : plans) {
    const auto file = o.out / (plan.name + ".json");
    if (!o.only.empty() && std::ranges::find(o.only, plan.name) == o.only.end()) continue;
    if (o.report_only || done(file, plan, data, o.trial)) continue;
    move_aside(file, "of other data or settings");
    std::fprintf(stderr, "%s\n", plan.title.c_str());
    const auto result = run_trial(data, plan, o.trial, cache, device, progress_bar());
    if (interrupted() != 0)
      throw shoal::error(shoal::Errc::stopped, "stopped; the same command goes on from here");
    shoal::write_text(file, result.dump(1) + "\n");
  }
  write_report(o.out, o.title, read_results(o.out, plans));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Runs the study of 'Scaling up deep clustering methods beyond ImageNet-1K' on your own data.\n"
      "A run that is stopped goes on where it was: benchmarks that have their file are not run again."};
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  stop_on_signals();
  try {
    run(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "protocol: %s\n", e.what());
    return interrupted() != 0 ? 128 + interrupted() : 1;
  }
}
