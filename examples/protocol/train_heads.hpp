// One training of heads on a benchmark, on any backend with an engine for them.
#pragma once

#include "runs.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

#include <shoal/heads/fit.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

/// TEMI or SCANv2 on pairs of a row and one of its neighbours.
template <class Method, shoal::Backend B>
Said train_heads(const Bench& bench, shoal::Index clusters, shoal::MatrixView<const std::int32_t> neighbors,
                 const TrialSettings& settings, std::uint64_t seed, const B& backend,
                 const shoal::Hook& hook) {
  constexpr bool scan = std::same_as<Method, shoal::SCANv2>;
  const shoal::Index n = bench.training.rows();
  Method method{.clusters = clusters, .heads = settings.heads};
  method.batch = std::min(scan ? settings.scan_batch : settings.batch, n);
  const shoal::Index pairs_an_epoch = n / method.batch * method.batch;
  method.epochs = std::max(settings.epochs, shoal::block_count(settings.pairs, pairs_an_epoch));
  method.warmup_epochs = std::max<shoal::Index>(1, method.epochs / 10);
  method.learning_rate = scan ? settings.scan_learning_rate : settings.learning_rate;
  method.final_rate = method.learning_rate / 20;
  method.teacher_momentum = settings.teacher_momentum;
  method.hidden.assign(settings.hidden > 0 ? 1 : 0, settings.hidden);
  method.bottleneck = settings.bottleneck;
  method.seed = seed;
  const Stopwatch watch;
  const auto fitted = shoal::fit(method, bench.training, shoal::NearestPairs(neighbors), backend, hook);
  const double seconds = watch.seconds();
  auto said = shoal::predict(fitted.model, bench.validation, backend, 5);
  nlohmann::ordered_json losses = nlohmann::ordered_json::array();
  for (const auto& epoch : fitted.history) losses.push_back(epoch.best_loss);
  return {std::move(said.top),
          std::move(said.confidence),
          {{"loss", fitted.history.back().best_loss},
           {"losses", losses},
           {"epochs", method.epochs},
           {"steps", fitted.steps},
           {"seconds", seconds}}};
}

/// TEMI or SCANv2 by its key, temi or scan.
template <shoal::Backend B>
Said train_heads(const std::string& key, const Bench& bench, shoal::Index clusters,
                 shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                 std::uint64_t seed, const B& backend, const shoal::Hook& hook) {
  return key == "temi"
             ? train_heads<shoal::TEMI>(bench, clusters, neighbors, settings, seed, backend, hook)
             : train_heads<shoal::SCANv2>(bench, clusters, neighbors, settings, seed, backend, hook);
}

/// The same on the GPU of --device cuda.
Said train_heads_on_cuda(const std::string& key, const Bench& bench, shoal::Index clusters,
                         shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                         std::uint64_t seed, const Machine& machine, const shoal::Hook& hook);
