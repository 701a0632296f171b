// Everything that scores need of a benchmark, and the scores.
#pragma once

#include "benchmarks.hpp"
#include "settings.hpp"

#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/io/subset.hpp>
#include <shoal/metrics/label_sets.hpp>

/// The rows of a benchmark on some features, and which classes are right for a sample of each.
struct Bench {
  const shoal::Benchmark& benchmark;
  std::vector<shoal::Index> training_rows, validation_rows;
  shoal::Subset training, validation;
  shoal::LabelSets sets;  ///< of each class, itself and its ancestors among the classes
  [[nodiscard]] shoal::Index classes() const { return std::ssize(benchmark.classes); }

  Bench(const Data& data, const Features& features, const Plan& plan, const shoal::Benchmark& b);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
};

/// Agreement of the first guesses with the truth, for any number of clusters.
nlohmann::ordered_json agreement(const Bench& bench, const shoal::Matrix<shoal::Label>& top,
                                 const Device& device);

/// What the guesses `top` [n × k] say of the validation rows; confidence may be empty. The guesses are
/// clusters, or classes where these are known.
nlohmann::ordered_json scores(const Bench& bench, const shoal::Matrix<shoal::Label>& top,
                              std::span<const float> confidence, bool classes_known, const Device& device);

/// Alignment, Davies-Bouldin and silhouette of the training rows under their labels.
nlohmann::ordered_json separability(const Bench& bench, shoal::MatrixView<const std::int32_t> neighbors,
                                    const TrialSettings& settings, const Device& device);

/// Zero-shot classification of the held-out rows of all classes by the prototypes: among all classes and,
/// with a hierarchy, among those of the label's level, and its siblings (figure 7).
nlohmann::ordered_json zero_shot(const Data& data, const Bench& bench, const Device& device);

/// Numbers of classes and samples.
nlohmann::ordered_json sizes(const Bench& bench);
