// The study as numbers: what each table and figure shows, over seeds.
#pragma once

#include "figures.hpp"

#include <string>

#include <nlohmann/json.hpp>

/// The result of a benchmark by its name; null where there is none.
const nlohmann::ordered_json* find(const Results& results, const std::string& name);

/// Whether the object holds what reports are drawn from. Results of older versions may lack what was added
/// since.
bool is_result(const nlohmann::ordered_json& result);

/// Every score of every benchmark as mean and standard deviation; the settings; how each measure of
/// separability follows the probe (R² of the line of least squares, over all benchmarks and without the
/// coarse ones); the changes of accuracy beside the paper's; and the CPU time.
nlohmann::ordered_json summary(const Results& results);

/// The summary as text, a benchmark a line.
std::string summary_text(const nlohmann::ordered_json& summary);
