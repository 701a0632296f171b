// The clusters of a report as tables for other programs.
#pragma once

#include "report_page.hpp"

#include <span>
#include <string>

/// One line for each cluster with samples: number, samples, confidence, most frequent class and its share,
/// words. Unknown fields are empty.
std::string clusters_table(std::span<const Card> cards);

/// One line for each sample that illustrates a cluster: those nearest to its centre, then those with the
/// lowest confidence.
std::string exemplars_table(const ReportInput& input, std::span<const Card> cards);
