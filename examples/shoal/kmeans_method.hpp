// shoal cluster --method kmeans: its options.
#pragma once

#include "method_options.hpp"

#include <shoal/kmeans/kmeans.hpp>

/// k-means of either geometry.
struct KMeansMethod {
  static constexpr const char* group = "k-means";

  bool cosine = true;
  shoal::KMeans<> settings;  ///< those of either geometry

  [[nodiscard]] static Choices<bool> geometries() { return {{"cosine", true}, {"euclidean", false}}; }
  [[nodiscard]] static Choices<shoal::Seeding> seedings() {
    return {{"k-means++", shoal::Seeding::plus_plus},
            {"afk-mc2", shoal::Seeding::afk_mc2},
            {"random", shoal::Seeding::random}};
  }

  template <class Visit> void each_option(Visit& visit) {
    visit.choice("--geometry", cosine, geometries(), "How rows are compared with centroids");
    visit.choice("--init", settings.seeding, seedings(),
                 "Where the first centroids come from; afk-mc2 is k-means++ by a Markov chain, fast where C is "
                 "large");
    visit.number("--iterations", settings.iterations, Range<shoal::Index>{1, 1'000'000},
                 "The most iterations");
    visit.number("--restarts", settings.restarts, Range<shoal::Index>{1, 10'000},
                 "Runs from different seeds; the best is kept");
    visit.number("--tolerance", settings.tolerance, Range<double>{0, 1},
                 "Stop when an iteration gains less than this share of the loss");
  }
};
