#include "trial.hpp"

#include "stopwatch.hpp"

#include <cmath>
#include <ctime>

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
#include <shoal/probe/linear.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

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
                                [&](Label c) { return shoal::ancestors(among, c, shoal::Along::dag); });
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

/// Agreement of the first guesses with the truth, for any number of clusters.
ordered_json agreement(const Bench& bench, const shoal::Matrix<Label>& top, const shoal::Cpu& cpu) {
  std::vector<Label> first;
  for (Index i = 0; i < top.rows(); ++i) first.push_back(top(i, 0));
  const shoal::Quality q = shoal::evaluate(first, bench.benchmark.validation.labels, cpu);
  return {{"acc", q.acc}, {"nmi", q.nmi},       {"ami", q.ami},
          {"ari", q.ari}, {"purity", q.purity}, {"clusters", q.clusters}};
}

/// What the guesses `top` [n × k] say of the validation rows; confidence may be empty.
ordered_json scores(const Bench& bench, const shoal::Matrix<Label>& top, std::span<const float> confidence,
                    bool classes_known, const shoal::Cpu& cpu) {
  const auto& truth = bench.benchmark.validation.labels;
  std::vector<Label> first;
  for (Index i = 0; i < top.rows(); ++i) first.push_back(top(i, 0));
  ordered_json out;
  if (!classes_known) out = agreement(bench, top, cpu);
  const auto several =
      shoal::multilabel_accuracy(top, truth, bench.sets, cpu, shoal::no_label,
                                 classes_known ? shoal::Guesses::classes : shoal::Guesses::clusters);
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

ordered_json separability(const Bench& bench, shoal::MatrixView<const std::int32_t> neighbors,
                          const TrialSettings& settings, const shoal::Cpu& cpu) {
  const auto& labels = bench.benchmark.train.labels;
  const auto aligned = shoal::alignment(bench.training, neighbors, labels, cpu);
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
  const shoal::ProbeResult result = probe(data, data.features, bench.benchmark, settings, cpu);
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

/// What a training of a method said of the validation rows.
struct Said {
  shoal::Matrix<Label> top;
  std::vector<float> confidence;
  ordered_json run;  ///< loss, seconds, …
};

Said kmeans(const Bench& bench, Index clusters, const TrialSettings& settings, std::uint64_t seed,
            const shoal::Cpu& cpu, const shoal::Hook& hook) {
  const Stopwatch watch;
  const auto fitted =
      shoal::fit(shoal::KMeans<>{.clusters = clusters, .iterations = settings.iterations, .seed = seed},
                 bench.training, cpu, hook);
  const double seconds = watch.seconds();
  auto nearest =
      shoal::predict<shoal::Cosine>(fitted.centroids, bench.validation, cpu, std::min<Index>(5, clusters));
  return {std::move(nearest.labels), {}, {{"loss", fitted.objective}, {"seconds", seconds}}};
}

/// TEMI or SCANv2 on pairs of a row and one of its neighbours.
template <class Method>
Said heads(const Bench& bench, Index clusters, shoal::MatrixView<const std::int32_t> neighbors,
           const TrialSettings& settings, std::uint64_t seed, const shoal::Cpu& cpu,
           const shoal::Hook& hook) {
  constexpr bool scan = std::same_as<Method, shoal::SCANv2>;
  const Index n = bench.training.rows();
  Method method{.clusters = clusters, .heads = settings.heads};
  method.batch = std::min(scan ? settings.scan_batch : settings.batch, n);
  const Index pairs_an_epoch = n / method.batch * method.batch;
  method.epochs = std::max(settings.epochs, shoal::block_count(settings.pairs, pairs_an_epoch));
  method.warmup_epochs = std::max<Index>(1, method.epochs / 10);
  method.learning_rate = scan ? settings.scan_learning_rate : settings.learning_rate;
  method.final_rate = method.learning_rate / 20;
  method.teacher_momentum = settings.teacher_momentum;
  method.hidden.assign(settings.hidden > 0 ? 1 : 0, settings.hidden);
  method.bottleneck = settings.bottleneck;
  method.seed = seed;
  const Stopwatch watch;
  const auto fitted = shoal::fit(method, bench.training, shoal::NearestPairs(neighbors), cpu, hook);
  const double seconds = watch.seconds();
  auto said = shoal::predict(fitted.model, bench.validation, cpu, 5);
  ordered_json losses = ordered_json::array();
  for (const auto& epoch : fitted.history) losses.push_back(epoch.best_loss);
  return {std::move(said.top),
          std::move(said.confidence),
          {{"loss", fitted.history.back().best_loss},
           {"losses", losses},
           {"epochs", method.epochs},
           {"steps", fitted.steps},
           {"seconds", seconds}}};
}

/// One run of a method by its key in "methods".
Said run_method(const std::string& key, const Bench& bench, Index clusters,
                shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                std::uint64_t seed, const shoal::Cpu& cpu, const shoal::Hook& hook) {
  if (key == "temi") return heads<shoal::TEMI>(bench, clusters, neighbors, settings, seed, cpu, hook);
  if (key == "scan") return heads<shoal::SCANv2>(bench, clusters, neighbors, settings, seed, cpu, hook);
  return kmeans(bench, clusters, settings, seed, cpu, hook);
}

ordered_json sizes(const Bench& bench) {
  const auto counts = shoal::label_counts(bench.benchmark.train.labels);
  const auto [smallest, most] = std::ranges::minmax(counts.counts);
  const Index least = std::ssize(counts.counts) < bench.classes() ? 0 : smallest;
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
          {"epochs", s.epochs},
          {"pairs", s.pairs},
          {"batch", s.batch},
          {"scan_batch", s.scan_batch},
          {"learning_rate", s.learning_rate},
          {"scan_learning_rate", s.scan_learning_rate},
          {"teacher_momentum", s.teacher_momentum},
          {"hidden", s.hidden},
          {"bottleneck", s.bottleneck},
          {"probe_epochs", s.probe_epochs},
          {"silhouette_sample", s.silhouette_sample}};
}

shoal::ProbeResult probe(const Data& data, shoal::AnyRows features, const shoal::Benchmark& benchmark,
                         const TrialSettings& settings, const shoal::Cpu& cpu) {
  const auto training = Data::rows_at(data.split.training, benchmark.train.rows),
             validation = Data::rows_at(data.split.validation, benchmark.validation.rows);
  const shoal::Subset rows(features, training), held_out(features, validation);
  const auto scaling = shoal::column_scaling(rows, cpu);
  return shoal::fit(
      shoal::LinearProbe{.classes = std::ssize(benchmark.classes), .epochs = settings.probe_epochs},
      shoal::Standardized(rows, scaling), benchmark.train.labels, shoal::Standardized(held_out, scaling),
      benchmark.validation.labels, cpu);
}

ordered_json run_trial(const Data& data, const Plan& plan, const TrialSettings& settings,
                       NeighborCache& cache, const shoal::Cpu& cpu, const shoal::Hook& hook) {
  const Stopwatch watch;
  const std::clock_t start = std::clock();
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
  const Index n = bench.training.rows();
  Index count = settings.neighbors;
  for (const Index m : plan.neighbor_counts) count = std::max(count, m);
  count = std::min(count, n - 1);
  if (cache.rows != bench.training_rows || cache.neighbors.ids.cols() < count)
    cache = {bench.training_rows, shoal::exact_neighbors(bench.training, {.count = count}, cpu, hook)};
  const auto nearest = [&](Index m) { return cache.neighbors.ids.view().columns(0, std::min(m, n - 1)); };
  const auto neighbors = nearest(settings.neighbors);
  out["separability"] = separability(bench, neighbors, settings, cpu);
  out["probe"] = probed(data, bench, settings, cpu);
  const auto said = [&](const char* method, Index clusters, Index m, Index seed) {
    return run_method(method, bench, clusters, nearest(m), settings, static_cast<std::uint64_t>(seed), cpu,
                      hook);
  };
  for (Index r = 0; r < settings.repeats; ++r)
    for (const char* method : {"kmeans", "temi", "scan"}) {
      const Said run = said(method, bench.classes(), settings.neighbors, r);
      out["methods"][method].push_back(scores(bench, run.top, run.confidence, false, cpu));
      out["methods"][method].back().update(run.run);
    }
  for (const Index m : plan.neighbor_counts) {
    ordered_json runs = ordered_json::array();
    for (Index r = 0; r < settings.repeats; ++r)
      runs.push_back(m == settings.neighbors
                         ? out["methods"]["temi"][static_cast<std::size_t>(r)]
                         : agreement(bench, said("temi", bench.classes(), m, r).top, cpu));
    out["by_neighbors"].push_back({{"neighbors", m}, {"temi", runs}});
  }
  for (const double share : plan.cluster_shares) {
    const auto clusters = std::max<Index>(2, std::llround(share * static_cast<double>(bench.classes())));
    ordered_json point{{"clusters", clusters}};
    for (const char* method : {"kmeans", "temi", "scan"})
      for (Index r = 0; r < settings.repeats; ++r)
        point[method].push_back(agreement(bench, said(method, clusters, settings.neighbors, r).top, cpu));
    out["by_clusters"].push_back(point);
  }
  out["seconds"] = watch.seconds();
  out["cpu_seconds"] = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return out;
}
