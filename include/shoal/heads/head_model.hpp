// Trained heads: what a training gives, a file keeps, and predict() reads.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/heads/shape.hpp>
#include <shoal/io/standardize.hpp>

namespace shoal {

/// Trained heads of one shape, the averaged teachers where there were any.
struct HeadModel {
  HeadShape shape;
  Buffer<float> parameters;  ///< of all heads, in the layout of HeadShape
  Index best = 0;            ///< the head with the lowest mean loss of the last epoch
  double temperature = 0.1;  ///< of the softmax
  ColumnScaling scaling;     ///< of the features; empty where they are taken as they are

  /// The parameters of one head.
  [[nodiscard]] HeadView<const float> head(Index h) const { return {&shape, parameters.data(), h}; }
};

}  // namespace shoal
