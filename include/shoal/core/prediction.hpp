// The prediction of a fitted model for rows.
#pragma once

#include <vector>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// The most likely clusters of n rows.
struct Prediction {
  std::vector<Label> labels;      ///< [n] the most likely cluster, ties by lowest id
  Matrix<Label> top;              ///< [n × k] the k most likely clusters, most likely first
  std::vector<float> confidence;  ///< [n] the probability of the most likely one
};

}  // namespace shoal
