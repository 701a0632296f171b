#include "trial.hpp"

#include "runs.hpp"
#include "stopwatch.hpp"

#include <cmath>
#include <ctime>

#include <shoal/io/standardize.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/probe/linear.hpp>

using nlohmann::ordered_json;
using shoal::Index;
using shoal::Label;

namespace {

ordered_json probed(const Data& data, const Features& features, const Bench& bench,
                    const TrialSettings& settings, const Device& device) {
  const Stopwatch watch;
  const shoal::ProbeResult result = probe(data, features, bench.benchmark, settings, device);
  const double seconds = watch.seconds();
  const shoal::Standardized validation(bench.validation, shoal::column_scaling(bench.training, device));
  const auto said =
      shoal::classify(result.classifier, validation, std::min<Index>(5, bench.classes()), device);
  ordered_json out = scores(bench, said.top, said.confidence, true, device);
  const auto& best = result.points[static_cast<std::size_t>(result.best)];
  out["acc"] = result.accuracy;
  out["macro"] = result.macro_accuracy;
  out["learning_rate"] = best.learning_rate;
  out["weight_decay"] = best.weight_decay;
  out["seconds"] = seconds;
  return out;
}

constexpr const char* method_keys[] = {"kmeans", "temi", "scan"};

/// Every method's agreement with the truth over seeds, into point[method].
void add_agreements(ordered_json& point, const Bench& bench, Index clusters,
                    shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                    const Device& device, const shoal::Hook& hook) {
  for (const char* method : method_keys)
    for (Index r = 0; r < settings.repeats; ++r)
      point[method].push_back(agreement(bench,
                                        run_method(method, bench, clusters, neighbors, settings,
                                                   static_cast<std::uint64_t>(r), device, hook)
                                            .top,
                                        device));
}

/// The benchmark on the features of the other models (figure 3, right).
ordered_json by_model(const Data& data, const Plan& plan, const shoal::Benchmark& benchmark,
                      const TrialSettings& settings, const Device& device, const shoal::Hook& hook) {
  ordered_json points = ordered_json::array();
  for (const Features& model : data.models) {
    const Bench bench(data, model, plan, benchmark);
    const Index count = std::min(settings.neighbors, bench.training.rows() - 1);
    const auto near = shoal::exact_neighbors(bench.training, {.count = count}, device, hook);
    ordered_json& point = points.emplace_back(ordered_json{{"model", model.name}});
    point["probe"] = probe(data, model, benchmark, settings, device).accuracy;
    add_agreements(point, bench, bench.classes(), near.ids, settings, device, hook);
  }
  return points;
}

/// TEMI with each number of neighbours that the plan asks for.
ordered_json by_neighbors(const Plan& plan, const Bench& bench, const ordered_json& runs_of_temi,
                          shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                          const Device& device, const shoal::Hook& hook) {
  ordered_json points = ordered_json::array();
  for (const Index m : plan.neighbor_counts) {
    ordered_json runs = ordered_json::array();
    for (Index r = 0; r < settings.repeats; ++r)
      runs.push_back(m == settings.neighbors
                         ? runs_of_temi[static_cast<std::size_t>(r)]
                         : agreement(bench,
                                     run_method("temi", bench, bench.classes(),
                                                neighbors.columns(0, std::min(m, neighbors.cols)), settings,
                                                static_cast<std::uint64_t>(r), device, hook)
                                         .top,
                                     device));
    points.push_back({{"neighbors", m}, {"temi", runs}});
  }
  return points;
}

/// Neighbours of the training rows, as many as the trial needs at most; kept for the next benchmark.
shoal::MatrixView<const std::int32_t> neighbors_of(const Plan& plan, const Bench& bench,
                                                   const TrialSettings& settings, NeighborCache& cache,
                                                   const Device& device, const shoal::Hook& hook) {
  Index count = settings.neighbors;
  for (const Index m : plan.neighbor_counts) count = std::max(count, m);
  count = std::min(count, bench.training.rows() - 1);
  if (cache.rows != bench.training_rows || cache.neighbors.ids.cols() < count)
    cache = {bench.training_rows, shoal::exact_neighbors(bench.training, {.count = count}, device, hook)};
  return cache.neighbors.ids;
}

}  // namespace

shoal::ProbeResult probe(const Data& data, const Features& features, const shoal::Benchmark& benchmark,
                         const TrialSettings& settings, const Device& device) {
  const auto training = Data::rows_at(data.split.training, benchmark.train.rows),
             validation = Data::rows_at(data.split.validation, benchmark.validation.rows);
  const shoal::Subset rows(features.training, training), held_out(features.validation(), validation);
  const auto scaling = shoal::column_scaling(rows, device);
  return shoal::fit(
      shoal::LinearProbe{.classes = std::ssize(benchmark.classes), .epochs = settings.probe_epochs},
      shoal::Standardized(rows, scaling), benchmark.train.labels, shoal::Standardized(held_out, scaling),
      benchmark.validation.labels, device);
}

ordered_json run_trial(const Data& data, const Plan& plan, const TrialSettings& settings,
                       NeighborCache& cache, const Device& device, const shoal::Hook& hook) {
  const Stopwatch watch;
  const std::clock_t start = std::clock();
  ordered_json facts = ordered_json::object();
  const shoal::Benchmark benchmark = plan.make(facts);
  const Bench bench(data, data.features, plan, benchmark);
  shoal::check(bench.validation.rows() > 0, shoal::Errc::invalid_argument, "protocol: the benchmark ",
               plan.name, " has no held-out sample; --only runs others");
  ordered_json out{{"name", plan.name},
                   {"group", plan.group},
                   {"title", plan.title},
                   {"parameter", plan.parameter},
                   {"digest", shoal::digest(benchmark)},
                   {"labels", data.digest},
                   {"settings", describe(settings)},
                   {"sizes", sizes(bench)}};
  out.update(facts);
  const auto all_neighbors = neighbors_of(plan, bench, settings, cache, device, hook);
  const auto neighbors = all_neighbors.columns(0, std::min(settings.neighbors, all_neighbors.cols));
  out["separability"] = separability(bench, neighbors, settings, device);
  out["probe"] = probed(data, data.features, bench, settings, device);
  for (Index r = 0; r < settings.repeats; ++r)
    for (const char* method : method_keys) {
      const Said run = run_method(method, bench, bench.classes(), neighbors, settings,
                                  static_cast<std::uint64_t>(r), device, hook);
      out["methods"][method].push_back(scores(bench, run.top, run.confidence, false, device));
      out["methods"][method].back().update(run.run);
    }
  if (plan.zero_shot) out["zero_shot"] = zero_shot(data, bench, device);
  if (!plan.neighbor_counts.empty())
    out["by_neighbors"] =
        by_neighbors(plan, bench, out["methods"]["temi"], all_neighbors, settings, device, hook);
  if (plan.by_model) out["by_model"] = by_model(data, plan, benchmark, settings, device, hook);
  for (const double share : plan.cluster_shares) {
    const auto clusters = std::max<Index>(2, std::llround(share * static_cast<double>(bench.classes())));
    ordered_json& point = out["by_clusters"].emplace_back(ordered_json{{"clusters", clusters}});
    add_agreements(point, bench, clusters, neighbors, settings, device, hook);
  }
  out["seconds"] = watch.seconds();
  out["cpu_seconds"] = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return out;
}
