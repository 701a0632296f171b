#include "trial.hpp"

#include "stopwatch.hpp"

#include <cmath>

#include <shoal/heads/fit.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/metrics/alignment.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/label_sets.hpp>
#include <shoal/metrics/multilabel.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/nearest_pairs.hpp>
#include <shoal/probe/linear.hpp>

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

namespace {

/// Everything that scores need of a benchmark.
struct Bench {
  const shoal::Benchmark& benchmark;
  std::vector<Index> training_rows, validation_rows;
  shoal::Subset training, validation;
  shoal::LabelSets sets;  ///< of each class, itself and its ancestors among the classes
  [[nodiscard]] Index classes() const { return std::ssize(benchmark.classes); }

  Bench(const Data& data, const Plan& plan, const shoal::Benchmark& b)
      : benchmark(b),
        training_rows(Data::rows_at(data.split.training, b.train.rows)),
        validation_rows(Data::rows_at(data.split.validation, b.validation.rows)),
        training(data.features, training_rows),
        validation(data.features, validation_rows),
        sets(ancestors_of(data, plan, b)) {}

 private:
  static shoal::LabelSets ancestors_of(const Data& data, const Plan& plan, const shoal::Benchmark& b) {
    const std::vector<shoal::Node> nodes = nodes_of(data, plan, b);
    const shoal::Hierarchy among = shoal::restrict_to(data.hierarchy, nodes);
    return shoal::ancestor_sets(static_cast<Label>(nodes.size()),
                                [&](Label c) { return shoal::all_ancestors(among, c); });
  }
};

ordered_json reliability(const shoal::Calibration& calibration, const shoal::ConfidenceHistogram& histogram) {
  ordered_json bins = ordered_json::array();
  for (const auto& bin : calibration.bins)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"samples", bin.samples},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy}});
  return {{"bins", bins}, {"right", histogram.right}, {"wrong", histogram.wrong}};
}

/// What the guesses `top` [n × k] say of the validation rows; confidence may be empty.
ordered_json scores(const Bench& bench, const shoal::Matrix<Label>& top, std::span<const float> confidence,
                    bool classes_known, const shoal::Cpu& cpu) {
  const auto& truth = bench.benchmark.validation.labels;
  std::vector<Label> first;
  for (Index i = 0; i < top.rows(); ++i) first.push_back(top(i, 0));
  ordered_json out;
  if (!classes_known) {
    const shoal::Quality q = shoal::evaluate(first, truth, cpu);
    out = {{"acc", q.acc}, {"nmi", q.nmi},       {"ami", q.ami},
           {"ari", q.ari}, {"purity", q.purity}, {"clusters", q.clusters}};
  }
  const auto several = shoal::multilabel_accuracy(top, truth, bench.sets, cpu);
  out["top1_to_1"] = several.top1_to_1;
  out["top1_to_L"] = several.top1_to_L;
  out["top5_to_1"] = several.topk_to_1;
  out["top5_to_L"] = several.topk_to_L;
  if (confidence.empty()) return out;
  std::vector<std::uint8_t> right = shoal::right_samples(first, truth, cpu);
  if (classes_known)
    for (std::size_t i = 0; i < right.size(); ++i) right[i] = first[i] == truth[i];
  const auto calibration = shoal::calibration(confidence, right);
  out["ece"] = calibration.expected_error;
  out["confidence"] = calibration.confidence;
  out["reliability"] = reliability(calibration, shoal::confidence_histogram(confidence, right, 20));
  return out;
}

ordered_json separability(const Bench& bench, const shoal::Neighbors& neighbors,
                          const TrialSettings& settings, const shoal::Cpu& cpu) {
  const auto& labels = bench.benchmark.train.labels;
  const auto aligned = shoal::alignment(bench.training, neighbors.ids, labels, cpu);
  const auto parted = shoal::separability(bench.training, labels, {.distance = shoal::Distance::cosine}, cpu);
  const auto silhouette =
      shoal::silhouette(bench.training, labels,
                        {.distance = shoal::Distance::cosine,
                         .sample = std::min(settings.silhouette_sample, bench.training.rows())},
                        cpu);
  return {{"alignment", aligned.alignment},
          {"neighbor_purity", aligned.purity},
          {"davies_bouldin", parted.davies_bouldin},
          {"silhouette", silhouette.mean},
          {"silhouette_error", silhouette.standard_error}};
}

ordered_json probed(const Data& data, const Bench& bench, const TrialSettings& settings,
                    const shoal::Cpu& cpu) {
  const Stopwatch watch;
  const shoal::ProbeResult result = probe(data, bench.benchmark, settings, cpu);
  const double seconds = watch.seconds();
  const shoal::Standardized validation(bench.validation, shoal::column_scaling(bench.training, cpu));
  const auto said = shoal::classify(result.classifier, validation, std::min<Index>(5, bench.classes()), cpu);
  ordered_json out = scores(bench, said.top, said.confidence, true, cpu);
  const auto& best = result.points[static_cast<std::size_t>(result.best)];
  out["acc"] = result.accuracy;
  out["macro"] = result.macro_accuracy;
  out["learning_rate"] = best.learning_rate;
  out["weight_decay"] = best.weight_decay;
  out["seconds"] = seconds;
  return out;
}

ordered_json kmeans(const Bench& bench, const TrialSettings& settings, std::uint64_t seed,
                    const shoal::Cpu& cpu, const shoal::Hook& hook) {
  const Stopwatch watch;
  const auto fitted = shoal::fit(
      shoal::KMeans<>{.clusters = bench.classes(), .iterations = settings.iterations, .seed = seed},
      bench.training, cpu, hook);
  const double seconds = watch.seconds();
  const auto nearest = shoal::predict<shoal::Cosine>(fitted.centroids, bench.validation, cpu,
                                                     std::min<Index>(5, bench.classes()));
  ordered_json out = scores(bench, nearest.labels, {}, false, cpu);
  out["loss"] = fitted.objective;
  out["seconds"] = seconds;
  return out;
}

template <class Method>
ordered_json heads(const Bench& bench, const shoal::Neighbors& neighbors, const TrialSettings& settings,
                   Index batch, std::uint64_t seed, const shoal::Cpu& cpu, const shoal::Hook& hook) {
  const Index n = bench.training.rows();
  Method method{.clusters = bench.classes(), .heads = settings.heads};
  method.batch = std::min(batch, n);
  const Index pairs_an_epoch = n / method.batch * method.batch;
  method.epochs = std::max<Index>(1, (settings.pairs + pairs_an_epoch / 2) / pairs_an_epoch);
  method.warmup_epochs = std::max<Index>(1, method.epochs / 10);
  method.frozen_epochs = method.epochs > 10 ? 1 : 0;
  method.learning_rate = settings.learning_rate;
  method.final_rate = settings.learning_rate / 20;
  method.hidden.assign(settings.hidden > 0 ? 1 : 0, settings.hidden);
  method.bottleneck = settings.bottleneck;
  method.seed = seed;
  const Stopwatch watch;
  const auto fitted = shoal::fit(method, bench.training, shoal::NearestPairs(neighbors), cpu, hook);
  const double seconds = watch.seconds();
  const auto said = shoal::predict(fitted.model, bench.validation, cpu, 5);
  ordered_json out = scores(bench, said.top, said.confidence, false, cpu);
  out["loss"] = fitted.history.back().best_loss;
  out["epochs"] = method.epochs;
  out["seconds"] = seconds;
  return out;
}

ordered_json sizes(const Bench& bench) {
  const auto counts =
      shoal::label_counts(bench.benchmark.train.labels, static_cast<Label>(bench.classes() - 1));
  const auto [least, most] = std::ranges::minmax(counts);
  return {{"classes", bench.classes()},
          {"training", bench.training.rows()},
          {"validation", bench.validation.rows()},
          {"smallest_class", least},
          {"largest_class", most}};
}

}  // namespace

ordered_json describe(const TrialSettings& s) {
  return {{"repeats", s.repeats},
          {"neighbors", s.neighbors},
          {"iterations", s.iterations},
          {"heads", s.heads},
          {"pairs", s.pairs},
          {"batch", s.batch},
          {"scan_batch", s.scan_batch},
          {"learning_rate", s.learning_rate},
          {"hidden", s.hidden},
          {"bottleneck", s.bottleneck},
          {"probe_epochs", s.probe_epochs},
          {"silhouette_sample", s.silhouette_sample}};
}

shoal::ProbeResult probe(const Data& data, const shoal::Benchmark& benchmark, const TrialSettings& settings,
                         const shoal::Cpu& cpu) {
  const auto training = Data::rows_at(data.split.training, benchmark.train.rows),
             validation = Data::rows_at(data.split.validation, benchmark.validation.rows);
  const shoal::Subset rows(data.features, training), held_out(data.features, validation);
  const auto scaling = shoal::column_scaling(rows, cpu);
  return shoal::fit(
      shoal::LinearProbe{.classes = std::ssize(benchmark.classes), .epochs = settings.probe_epochs},
      shoal::Standardized(rows, scaling), benchmark.train.labels, shoal::Standardized(held_out, scaling),
      benchmark.validation.labels, cpu);
}

ordered_json run_trial(const Data& data, const Plan& plan, const TrialSettings& settings,
                       const shoal::Cpu& cpu, const shoal::Hook& hook) {
  const Stopwatch watch;
  const shoal::Benchmark benchmark = plan.make();
  const Bench bench(data, plan, benchmark);
  ordered_json out{{"name", plan.name},
                   {"group", plan.group},
                   {"title", plan.title},
                   {"parameter", plan.parameter},
                   {"digest", shoal::digest(benchmark)},
                   {"labels", data.digest},
                   {"settings", describe(settings)},
                   {"sizes", sizes(bench)}};
  const auto neighbors = shoal::exact_neighbors(bench.training, {.count = settings.neighbors}, cpu, hook);
  out["separability"] = separability(bench, neighbors, settings, cpu);
  out["probe"] = probed(data, bench, settings, cpu);
  auto& methods = out["methods"];
  for (Index r = 0; r < settings.repeats; ++r) {
    const auto seed = static_cast<std::uint64_t>(r);
    methods["kmeans"].push_back(kmeans(bench, settings, seed, cpu, hook));
    methods["temi"].push_back(
        heads<shoal::TEMI>(bench, neighbors, settings, settings.batch, seed, cpu, hook));
    methods["scan"].push_back(
        heads<shoal::SCANv2>(bench, neighbors, settings, settings.scan_batch, seed, cpu, hook));
  }
  out["seconds"] = watch.seconds();
  return out;
}
