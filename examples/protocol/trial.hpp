// One benchmark of the study, from rows to numbers.
#pragma once

#include "benchmarks.hpp"
#include "settings.hpp"

#include <nlohmann/json.hpp>

#include <shoal/core/progress.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/probe/linear.hpp>

/// Neighbours of the features within the rows of the last benchmark; many benchmarks share their rows.
struct NeighborCache {
  std::vector<shoal::Index> rows;
  shoal::Neighbors neighbors;
};

/// The probe of a benchmark on standardised features, these or another model's.
shoal::ProbeResult probe(const Data& data, const Features& features, const shoal::Benchmark& benchmark,
                         const TrialSettings& settings, const Device& device);

/// All numbers of one benchmark: sizes, separability, probe, each method's seeds, and what the plan asks for
/// besides.
nlohmann::ordered_json run_trial(const Data& data, const Plan& plan, const TrialSettings& settings,
                                 NeighborCache& cache, const Device& device, const shoal::Hook& hook);
