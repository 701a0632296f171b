// Reads run.json, the record of shoal cluster, for the report.
#pragma once

#include "json_file.hpp"
#include "path.hpp"

/// Reads the record of a run. Throws shoal::error if the file is not a record, or if a field that the report
/// shows has another type or an invalid value.
inline nlohmann::ordered_json read_record(const Path& path) {
  auto run = read_json(path, "a record of shoal cluster");
  const auto must = [&](bool fits, const std::string& name, const nlohmann::ordered_json& value) {
    shoal::check(fits, shoal::Errc::bad_file, path.string(), " is not a record of shoal cluster: ", name,
                 " is ", shown(value));
  };
  const auto has = [&](const char* name) { return run.contains(name); };
  for (const char* name : {"method", "features", "stopped", "loss_name", "loss_unit"})
    if (has(name)) must(run[name].is_string(), name, run[name]);
  for (const char* name : {"clusters", "columns"})
    if (has(name)) must(run[name].is_number_unsigned() && run[name] <= 1ull << 53, name, run[name]);
  if (has("seed")) must(run["seed"].is_number_unsigned(), "seed", run["seed"]);
  if (has("fit_seconds")) must(run["fit_seconds"].is_number(), "fit_seconds", run["fit_seconds"]);
  if (!has("losses")) return run;
  must(run["losses"].is_array(), "losses", run["losses"]);
  for (const nlohmann::ordered_json& loss : run["losses"]) must(loss.is_number(), "a loss", loss);
  return run;
}
