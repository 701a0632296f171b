// What a fitted model says about rows.
#pragma once

#include <vector>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// Clusters of n rows, the likeliest first.
struct Prediction {
  std::vector<Label> labels;      ///< [n] the most likely cluster, ties by lowest id
  Matrix<Label> top;              ///< [n × k] the k most likely clusters, most likely first
  std::vector<float> confidence;  ///< [n] the probability of the first
};

}  // namespace shoal
