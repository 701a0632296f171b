#include "runs.hpp"

#include "stopwatch.hpp"
#include "train_heads.hpp"

#include <shoal/kmeans/kmeans.hpp>

using shoal::Index;

namespace {

Said kmeans(const Bench& bench, Index clusters, const TrialSettings& settings, std::uint64_t seed,
            const Device& device, const shoal::Hook& hook) {
  const Stopwatch watch;
  const auto fitted =
      shoal::fit(shoal::KMeans<>{.clusters = clusters, .iterations = settings.iterations, .seed = seed},
                 bench.training, device, hook);
  const double seconds = watch.seconds();
  auto nearest =
      shoal::predict<shoal::Cosine>(fitted.centroids, bench.validation, device, std::min<Index>(5, clusters));
  return {std::move(nearest.labels), {}, {{"loss", fitted.objective}, {"seconds", seconds}}};
}

}  // namespace

Said run_method(const std::string& key, const Bench& bench, Index clusters,
                shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                std::uint64_t seed, const Device& device, const shoal::Hook& hook) {
  if (key == "kmeans") return kmeans(bench, clusters, settings, seed, device, hook);
  if (device.machine().device == "cuda")
    return train_heads_on_cuda(key, bench, clusters, neighbors, settings, seed, device.machine(), hook);
  return train_heads(key, bench, clusters, neighbors, settings, seed, device.host(), hook);
}
