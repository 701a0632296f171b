// The paper's accuracies, to stand beside those of a study.
#pragma once

#include "figures.hpp"

#include <array>
#include <string>
#include <vector>

/// Accuracies in percent of k-means, TEMI, SCANv2 and the probe, in this order.
using Accuracies = std::array<double, 4>;

/// The row of the paper's tables 1 to 3 and 5 that a benchmark of this name corresponds to; null where there
/// is none. "all" is ImageNet-21K; every model's easy classes stand beside CLIP-1K.
const Accuracies* paper_accuracies(const std::string& benchmark);

/// A change of benchmark: the accuracies on `to` divided by those on `from`, here and in the paper.
struct Comparison {
  std::string title, from, to;
  Accuracies here, paper;
};

/// The comparisons whose two benchmarks are among the results.
std::vector<Comparison> comparisons(const Results& results);
