// The input and the output of a method of shoal cluster.
#pragma once

#include "chosen_rows.hpp"
#include "machine.hpp"
#include "path.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/core/progress.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/model/saved_model.hpp>

/// The method's own options on the command line: the text of each option that was given.
using GivenOptions = std::map<std::string, std::string>;

/// The options of shoal cluster that all methods have, and the text of the others.
struct ClusterOptions {
  Path features, out;
  RowOptions rows;
  shoal::Index clusters = 0;
  std::uint64_t seed = 0;
  bool standardize = false;
  GivenOptions given;
  Machine machine;
};

/// The result of a method.
struct ClusterOutcome {
  shoal::Model model;
  shoal::Prediction prediction;     ///< for the clustered rows, top 5
  shoal::Index clusters = 0;        ///< number of clusters if the method chose it; 0: as requested
  std::string name;                 ///< display name of the method
  nlohmann::ordered_json settings;  ///< all settings, defaults included
  std::vector<double> losses;       ///< one for each iteration or epoch
  std::string loss_name, loss_unit;
  std::string stopped;             ///< why it ended
  nlohmann::ordered_json seconds;  ///< time of each part of the work, including "fit"
  nlohmann::ordered_json details;  ///< further results for the record; may be null
};

/// The input of a method.
struct ClusterJob {
  const ClusterOptions& options;
  shoal::AnyRows features;
  const shoal::Hook& hook;
};
