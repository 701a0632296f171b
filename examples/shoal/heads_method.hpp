// shoal cluster with trained heads: the options of a method that combines an objective and a balancer.
#pragma once

#include "method_options.hpp"
#include "neighbor_index.hpp"
#include "path.hpp"

#include <algorithm>
#include <optional>

#include <shoal/heads/heads.hpp>
#include <shoal/heads/small_data.hpp>

/// Settings by the name of the data that the paper chose them for.
enum class Preset { none, imagenet1k, imagenet21k };

/// Heads with the settings `Settings`, one of shoal's Heads<Objective, Balancer>.
template <class Settings> struct HeadsMethod {
  static constexpr const char* group = "Heads";

  Settings settings;
  static constexpr bool with_teacher = decltype(Settings::objective)::teacher;

  Path neighbors, true_pairs, class_pairs;
  std::vector<Path> views;
  shoal::Index neighbor_count = 50;
  NeighborIndex index = NeighborIndex::automatic;
  double true_share = 1;
  Preset preset = Preset::none;
  std::optional<double> final_rate;
  bool small_data = false, resume = false, plain = false;

  template <class Visit> void each_option(Visit& visit) {
    using shoal::Index;
    visit.files(
        "--view", views,
        "Another view of the rows, once or more: heads pair two views of a row, as wide, drawn of all "
        "where there are several; graph methods sum their graphs (as FEATURES)");
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
    visit.file(
        "--true-pairs", true_pairs,
        "Uses labels, to measure what wrong pairs cost: pairs are a row and a neighbour of its class in this "
        "file (.npy)");
    visit.number("--true-share", true_share, Range<double>{0, 1},
                 "Of the pairs drawn so; the others are drawn from all neighbours");
    visit.file("--class-pairs", class_pairs,
               "Uses labels: pairs are a row and any other of its class in this file (.npy)");
    if constexpr (with_teacher) {
      visit.flag(
          "--small-data", small_data,
          "Start from settings for up to some 100,000 rows: standardised, a higher rate, enough steps");
      visit.choice(
          "--preset", preset, presets(),
          "Start from the paper's settings for ImageNet-1K (50 epochs) or ImageNet-21K (25): 32 heads, and "
          "batches of 4096 for scan");
    }
    visit.number("--heads", settings.heads, Range<Index>{1, 10'000},
                 "Heads trained together; the one of lowest loss is used");
    visit.number("--epochs", settings.epochs, Range<Index>{1, 1'000'000}, "Passes over the rows");
    visit.number("--batch", settings.batch, Range<Index>{1, 100'000'000},
                 "Pairs in a step, at most the number of rows");
    visit.number("--lr", settings.learning_rate, Range<double>{0, 1000, true},
                 "Learning rate for a batch of 256; it grows with the batch");
    visit.number(
        "--final-rate", final_rate, Range<double>{0, 1000},
        "Where the cosine ends, for a batch of 256; --lr moves it in proportion where this is not given");
    visit.number("--warmup", settings.warmup_epochs, Range<Index>{0, 1'000'000},
                 "Epochs over which the rate rises from 0, of --epochs");
    visit.widths("--hidden", settings.hidden, Range<Index>{1, 1'000'000},
                 "Widths of the hidden layers, between commas, or none");
    visit.number("--bottleneck", settings.bottleneck, Range<Index>{1, 1'000'000},
                 "Width of the layer before the clusters");
    visit.flag("--plain", plain,
               "Heads are plain perceptrons, as SCP's source has them: activations after every layer, none "
               "normalised, softmax at temperature 1");
    if constexpr (with_teacher)
      visit.number("--teacher-momentum", settings.teacher_momentum, Range<double>{0, 0.9999999},
                   "How slowly the teacher follows the student");
    if constexpr (decltype(settings.objective)::marginal)
      visit.number("--marginal-momentum", settings.marginal_momentum, Range<double>{0, 0.9999999},
                   "How slowly the running marginal follows the batch");
    if constexpr (requires { settings.objective.confidence; }) {
      visit.number("--consistency", settings.objective.consistency, Range<float>{0, 1'000'000},
                   "Weight of the agreement of views; 0 leaves it out");
      visit.number("--confidence", settings.objective.confidence, Range<float>{0, 1'000'000},
                   "Weight of the confidence; 0 leaves it out");
    }
    if constexpr (requires { settings.objective.beta; })
      visit.number("--beta", settings.objective.beta, Range<float>{0, 1, true},
                   "Exponent: lower keeps clusters apart");
    if constexpr (requires { settings.balancer.alpha; })
      visit.number("--alpha", settings.balancer.alpha, Range<float>{0, 1'000'000},
                   "Weight of the balancing of clusters, as the method's source counts it; 0 for none");
    visit.choice("--precision", settings.precision, precisions(),
                 "How a step's products read their factors: bfloat16 is coarser, and faster on a GPU and on "
                 "processors with AVX-512 BF16; others take as long as for float32");
    visit.flag("--resume", resume,
               "Go on from the checkpoint in the folder, if there is one; --epochs may be more than before");
  }

  [[nodiscard]] static Choices<NeighborIndex> indexes() {
    return {{"auto", NeighborIndex::automatic}, {"exact", NeighborIndex::exact}, {"ivf", NeighborIndex::ivf}};
  }
  [[nodiscard]] static Choices<shoal::Precision> precisions() {
    return {{"float32", shoal::Precision::float32}, {"bfloat16", shoal::Precision::bfloat16}};
  }

  [[nodiscard]] static Choices<Preset> presets() {
    return {{"none", Preset::none}, {"imagenet1k", Preset::imagenet1k}, {"imagenet21k", Preset::imagenet21k}};
  }

  /// The paper's settings (section 5): 32 heads, 50 or 25 epochs; SCANv2, which balances the clusters of a
  /// batch, takes 4096 rows in it.
  void apply_preset(shoal::Index rows) {
    if (preset == Preset::none) return;
    settings.heads = 32;
    settings.epochs = preset == Preset::imagenet1k ? 50 : 25;
    if constexpr (requires { settings.balancer.alpha; }) settings.batch = std::min<shoal::Index>(4096, rows);
  }

  /// What is likely not meant in the settings, a sentence each.
  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> found;
    if (settings.warmup_epochs > 0 && 2 * settings.warmup_epochs > settings.epochs)
      found.push_back(
          "the rate rises for " + std::to_string(std::min(settings.warmup_epochs, settings.epochs)) +
          " of the " + std::to_string(settings.epochs) +
          " epochs (--warmup); the official code's 20 are of 100, and the paper, which trains for 50 or "
          "25, does not say");
    if constexpr (requires { settings.balancer.alpha; })
      if (settings.balancer.alpha > 0 && settings.batch < settings.clusters)
        found.push_back(
            "a batch of " + std::to_string(settings.batch) + " balances " +
            std::to_string(settings.clusters) +
            " clusters badly: its entropy needs --batch well above --clusters (the paper takes 4096 for "
            "1000, and sees SCANv2 fall behind where it can't)");
    return found;
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
    method.apply_preset(rows);
    const double rate = method.small_data ? settings.learning_rate : Settings{}.learning_rate;
    method.each_option(apply);
    settings.final_rate *= settings.learning_rate / rate;
    if (method.final_rate) settings.final_rate = *method.final_rate;
    if (options.standardize) settings.standardize = true;
    if (method.plain) settings.plain = true, settings.student_temperature = settings.teacher_temperature = 1;
    if (method.views.empty() && method.neighbors.empty())
      shoal::check(method.neighbor_count < rows, shoal::Errc::invalid_argument, "--neighbor-count (",
                   method.neighbor_count, ") must be below the ", rows, " rows of ",
                   options.features.string());
    return method;
  }
};
