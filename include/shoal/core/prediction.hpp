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

/// The first of each row of clusters or classes [n × k], the most likely one. O(n).
inline std::vector<Label> first_column(MatrixView<const Label> top) {
  std::vector<Label> first;
  first.reserve(static_cast<std::size_t>(top.rows));
  for (Index i = 0; i < top.rows; ++i) first.push_back(top(i, 0));
  return first;
}

}  // namespace shoal
