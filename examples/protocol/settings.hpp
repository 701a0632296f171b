// How much a study spends on each benchmark.
#pragma once

#include <nlohmann/json.hpp>

#include <shoal/core/config.hpp>

/// How much is spent on each benchmark.
struct TrialSettings {
  shoal::Index repeats = 3;      ///< seeds of each clustering
  shoal::Index neighbors = 50;   ///< m
  shoal::Index iterations = 25;  ///< of k-means
  shoal::Index heads = 16;
  shoal::Index epochs = 25;        ///< of heads
  shoal::Index pairs = 5'000'000;  ///< at least so many pairs: small benchmarks get more epochs
  shoal::Index batch = 512, scan_batch = 4096;
  double learning_rate = 1e-4, scan_learning_rate = 1e-4;  ///< times B/256; falls to a twentieth
  double teacher_momentum = 0.996;
  shoal::Index hidden = 512, bottleneck = 256;
  int probe_epochs = 100;
  shoal::Index silhouette_sample = 10'000;
};

/// The settings by name, as they go into every result.
nlohmann::ordered_json describe(const TrialSettings& settings);
