// What shoal cluster asks of a method, and what it gets back.
#pragma once

#include "chosen_rows.hpp"
#include "machine.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <shoal/core/progress.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/model/saved_model.hpp>

/// What the command line says of a method's own options: the text of each option that was given.
using GivenOptions = std::map<std::string, std::string>;

/// The options of shoal cluster that all methods have, and the text of the others.
struct ClusterOptions {
  std::filesystem::path features, out;
  RowOptions rows;
  shoal::Index clusters = 0;
  std::uint64_t seed = 0;
  bool standardize = false;
  GivenOptions given;
  Machine machine;
};

/// What came out of a method.
struct ClusterOutcome {
  shoal::Model model;
  shoal::Prediction prediction;     ///< of the rows that were clustered, top 5
  shoal::Index clusters = 0;        ///< where the method found how many; 0: as many as were asked for
  std::string name;                 ///< of the method, as people write it
  nlohmann::ordered_json settings;  ///< all of them, defaults included
  std::vector<double> losses;       ///< one an iteration or epoch
  std::string loss_name, loss_unit;
  std::string stopped;             ///< why it ended
  nlohmann::ordered_json seconds;  ///< of each part of the work, "fit" among them
  nlohmann::ordered_json details;  ///< what else is worth keeping; may be null
};

/// What a method works on.
struct ClusterJob {
  const ClusterOptions& options;
  shoal::AnyRows features;
  const shoal::Hook& hook;
};
