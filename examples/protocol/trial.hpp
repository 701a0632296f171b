// One benchmark of the study, from rows to numbers.
#pragma once

#include "benchmarks.hpp"

#include <nlohmann/json.hpp>

#include <shoal/core/progress.hpp>
#include <shoal/probe/linear.hpp>

/// How much is spent on each benchmark.
struct TrialSettings {
  shoal::Index repeats = 3;      ///< seeds of each clustering
  shoal::Index neighbors = 50;   ///< m
  shoal::Index iterations = 25;  ///< of k-means
  shoal::Index heads = 16;
  shoal::Index pairs = 5'000'000;  ///< pairs that a training of heads sees
  shoal::Index batch = 512, scan_batch = 4096;
  double learning_rate = 1e-4;  ///< times B/256, TEMI's; SCANv2's likewise
  shoal::Index hidden = 512, bottleneck = 256;
  int probe_epochs = 100;
  shoal::Index silhouette_sample = 10'000;
};

/// The settings by name, as they go into every result.
nlohmann::ordered_json describe(const TrialSettings& settings);

/// The probe of a benchmark on standardised features.
shoal::ProbeResult probe(const Data& data, const shoal::Benchmark& benchmark, const TrialSettings& settings,
                         const shoal::Cpu& cpu);

/// All numbers of one benchmark: sizes, separability, probe, and each method's seeds.
nlohmann::ordered_json run_trial(const Data& data, const Plan& plan, const TrialSettings& settings,
                                 const shoal::Cpu& cpu, const shoal::Hook& hook);
