// One training of a method on a benchmark.
#pragma once

#include "bench.hpp"

#include <string>

#include <shoal/core/progress.hpp>

/// What a training of a method said of the validation rows.
struct Said {
  shoal::Matrix<shoal::Label> top;
  std::vector<float> confidence;
  nlohmann::ordered_json run;  ///< loss, seconds, …
};

/// One run of a method by its key in "methods": kmeans, temi or scan.
Said run_method(const std::string& key, const Bench& bench, shoal::Index clusters,
                shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                std::uint64_t seed, const Device& device, const shoal::Hook& hook);
