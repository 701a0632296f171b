// What shoal cluster asks of a method, and what it gets back.
#pragma once

#include "options.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/core/progress.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/model/saved_model.hpp>

/// The options of shoal cluster. Zero, or empty, where the method's own default shall stand.
struct ClusterOptions {
  std::filesystem::path features, out;
  std::string method = "kmeans";
  shoal::Index clusters = 0;
  std::uint64_t seed = 0;
  bool standardize = false;
  // k-means
  std::string geometry = "cosine", init = "k-means++";
  shoal::Index iterations = 25, restarts = 1;
  // heads
  std::filesystem::path neighbors, view;
  shoal::Index neighbor_count = 50, heads = 0, epochs = 0, batch = 0;
  double learning_rate = 0;
  float beta = 0, alpha = 0;
  std::string precision = "float32";
  bool small_data = false, resume = false;
  // the machine and the report
  Machine machine;
  std::string device = "cpu";
  ReportExtras extras;
  bool no_report = false;
};

/// What came out of a method.
struct ClusterOutcome {
  shoal::Model model;
  std::string name;                 ///< of the method, as people write it
  nlohmann::ordered_json settings;  ///< all of them, defaults included
  std::vector<double> losses;       ///< one an iteration or epoch
  std::string loss_name, loss_unit;
  std::string stopped;             ///< why it ended
  nlohmann::ordered_json seconds;  ///< of each part of the work, "fit" among them
  nlohmann::ordered_json details;  ///< what else is worth keeping; may be null
};

/// A method: fits to the features under the options.
using ClusterMethod = ClusterOutcome(const ClusterOptions& options, shoal::AnyRows features,
                                     const shoal::Cpu& cpu, const shoal::Hook& hook);
ClusterMethod cluster_by_kmeans, cluster_by_pmi, cluster_by_wpmi, cluster_by_temi, cluster_by_scan,
    cluster_by_scp, cluster_by_cuda;  // the last: the method that the options name, on a GPU
