// shoal cluster --method kmeans: its options.
#pragma once

#include "method_options.hpp"
#include "path.hpp"

#include <optional>

#include <shoal/kmeans/kmeans.hpp>

/// The options of k-means in either geometry.
struct KMeansMethod {
  static constexpr const char* group = "k-means";

  static constexpr shoal::Index most_rows = shoal::Index{1} << 48;

  bool cosine = true;
  shoal::KMeans<> settings;  ///< the settings of either geometry
  Path weights, start;
  std::optional<shoal::Index> least, most;  ///< bounds on the rows of a cluster
  std::optional<shoal::Index> mini_batch;   ///< rows of a mini-batch
  bool hierarchical = false;

  [[nodiscard]] static Choices<bool> geometries() { return {{"cosine", true}, {"euclidean", false}}; }
  [[nodiscard]] static Choices<shoal::Seeding> seedings() {
    return {{"k-means++", shoal::Seeding::plus_plus},
            {"afk-mc2", shoal::Seeding::afk_mc2},
            {"random", shoal::Seeding::random}};
  }

  template <class Visit> void each_option(Visit& visit) {
    visit.choice("--geometry", cosine, geometries(), "How rows are compared with centroids");
    visit.choice(
        "--init", settings.seeding, seedings(),
        "Where the first centroids come from; afk-mc2 is k-means++ by a Markov chain, fast where C is "
        "large");
    visit.number("--iterations", settings.iterations, Range<shoal::Index>{1, 1'000'000},
                 "The most iterations");
    visit.number("--restarts", settings.restarts, Range<shoal::Index>{1, 10'000},
                 "Runs from different seeds; the best is kept");
    visit.number("--tolerance", settings.tolerance, Range<double>{0, 1},
                 "Stop when an iteration gains less than this share of the loss");
    visit.parts("--weights", weights, "Weight of each row, n, at least 0 (.npy, in one file or several)");
    visit.file("--start", start, "First centroids, C × d, in the place of --init (.npy)");
    visit.number("--min-size", least, Range<shoal::Index>{0, most_rows},
                 "The fewest rows of a cluster, exactly kept");
    visit.number("--max-size", most, Range<shoal::Index>{1, most_rows}, "The most rows of a cluster");
    visit.number("--mini-batch", mini_batch, Range<shoal::Index>{1, most_rows},
                 "Rows of a batch: centroids follow batches instead of all rows, which is fast and coarser; "
                 "--iterations are then passes over the rows, at most 3");
    visit.flag("--hierarchical", hierarchical,
               "Two levels: groups, then clusters in each; fast where C is in the thousands");
  }
};
