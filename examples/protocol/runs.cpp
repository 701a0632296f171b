#include "runs.hpp"

#include "stopwatch.hpp"

#include <shoal/heads/fit.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

using nlohmann::ordered_json;
using shoal::Index;

namespace {

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

}  // namespace

Said run_method(const std::string& key, const Bench& bench, Index clusters,
                shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                std::uint64_t seed, const shoal::Cpu& cpu, const shoal::Hook& hook) {
  if (key == "temi") return heads<shoal::TEMI>(bench, clusters, neighbors, settings, seed, cpu, hook);
  if (key == "scan") return heads<shoal::SCANv2>(bench, clusters, neighbors, settings, seed, cpu, hook);
  return kmeans(bench, clusters, settings, seed, cpu, hook);
}
