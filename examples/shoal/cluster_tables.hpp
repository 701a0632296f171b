// What a report says of clusters, as tables for other programs.
#pragma once

#include "report_page.hpp"

#include <span>
#include <string>

/// A line for each cluster that has samples: number, samples, confidence, most frequent class and its share,
/// words. Fields that are not known are empty.
std::string clusters_table(std::span<const Card> cards);

/// A line for each sample that shows what a cluster holds: those nearest to its centre, then those that are
/// least sure of it.
std::string exemplars_table(const ReportInput& input, std::span<const Card> cards);
