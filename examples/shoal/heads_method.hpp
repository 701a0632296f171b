// shoal cluster with trained heads: the options of a method that combines an objective and a balancer.
#pragma once

#include "method_options.hpp"
#include "neighbor_index.hpp"

#include <algorithm>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/small_data.hpp>

/// Heads with the settings `Settings`, one of shoal's Heads<Objective, Balancer>.
template <class Settings> struct HeadsMethod {
  static constexpr const char* group = "Heads";

  Settings settings;
  std::filesystem::path neighbors, view;
  shoal::Index neighbor_count = 50;
  NeighborIndex index = NeighborIndex::automatic;
  bool small_data = false, resume = false;

  template <class Visit> void each_option(Visit& visit) {
    using shoal::Index;
    visit.file("--view", view,
               "Another view of the rows: heads pair the two views of a row, as wide; graph methods take "
               "several, and sum their graphs (.npy)");
    visit.file("--neighbors", neighbors,
               "Neighbours of each row: pairs are a row and a neighbour; found where not given. With --rows "
               "they are "
               "places among the rows taken (.npy)");
    visit.number("--neighbor-count", neighbor_count, Range<Index>{1, 100'000},
                 "Neighbours to find for each row; on fewer than 51 rows all others are the default");
    visit.choice(
        "--index", index, indexes(),
        "How neighbours are found: exact compares all pairs, ivf inverted lists, nearly as well and in "
        "a fraction of the time; auto takes ivf above 100,000 rows, on a CPU");
    if constexpr (decltype(settings.objective)::teacher)
      visit.flag(
          "--small-data", small_data,
          "Start from settings for up to some 100,000 rows: standardised, a higher rate, enough steps");
    visit.number("--heads", settings.heads, Range<Index>{1, 10'000},
                 "Heads trained together; the one of lowest loss is used");
    visit.number("--epochs", settings.epochs, Range<Index>{1, 1'000'000}, "Passes over the rows");
    visit.number("--batch", settings.batch, Range<Index>{1, 100'000'000},
                 "Pairs in a step, at most the number of rows");
    visit.number("--lr", settings.learning_rate, Range<double>{0, 1000, true},
                 "Learning rate for a batch of 256; it grows with the batch");
    if constexpr (requires { settings.objective.beta; })
      visit.number("--beta", settings.objective.beta, Range<float>{0, 1, true},
                   "Exponent: lower keeps clusters apart");
    if constexpr (requires { settings.balancer.alpha; })
      visit.number("--alpha", settings.balancer.alpha, Range<float>{0, 1'000'000},
                   "Weight of the balancing of clusters; 0 for none");
    visit.choice(
        "--precision", settings.precision, precisions(),
        "How a step's products read their factors: bfloat16 is faster on processors that have it, and "
        "coarser");
    visit.flag("--resume", resume,
               "Go on from the checkpoint in the folder, if there is one; --epochs may be more than before");
  }

  [[nodiscard]] static Choices<NeighborIndex> indexes() {
    return {{"auto", NeighborIndex::automatic}, {"exact", NeighborIndex::exact}, {"ivf", NeighborIndex::ivf}};
  }
  [[nodiscard]] static Choices<shoal::Precision> precisions() {
    return {{"float32", shoal::Precision::float32}, {"bfloat16", shoal::Precision::bfloat16}};
  }

  /// The method for `rows` rows: first the defaults for this number of rows, then the options that were
  /// given.
  static HeadsMethod with(const ClusterOptions& options, shoal::Index rows) {
    HeadsMethod method;
    ApplyOptions apply{options.given};
    Settings& settings = method.settings;
    settings.clusters = options.clusters;
    settings.seed = options.seed;
    settings.batch = std::min(settings.batch, rows);
    method.neighbor_count = std::clamp<shoal::Index>(rows - 1, 1, method.neighbor_count);
    method.each_option(apply);
    if (method.small_data) {
      const shoal::Index batch = settings.batch;
      settings = Settings{.clusters = options.clusters, .batch = batch, .seed = options.seed};
      settings = shoal::small_data(settings, rows);
    }
    const double rate = method.small_data ? settings.learning_rate : Settings{}.learning_rate;
    method.each_option(apply);
    settings.final_rate *= settings.learning_rate / rate;
    if (options.standardize) settings.standardize = true;
    if (method.view.empty() && method.neighbors.empty())
      shoal::check(method.neighbor_count < rows, shoal::Errc::invalid_argument, "--neighbor-count (",
                   method.neighbor_count, ") must be below the ", rows, " rows of ",
                   options.features.string());
    return method;
  }
};
