// Trained heads: the result of a training, which predict() reads and a file stores.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/heads/shape.hpp>
#include <shoal/io/standardize.hpp>

namespace shoal {

/// Trained heads of one shape; the averaged teachers if the method has them.
struct HeadModel {
  HeadShape shape;
  Buffer<float> parameters;  ///< parameters of all heads, in the layout of HeadShape
  Index best = 0;            ///< the head with the lowest mean loss in the last epoch
  double temperature = 0.1;  ///< temperature of the softmax
  ColumnScaling scaling;     ///< standardisation of the features; empty for none

  /// The parameters of one head.
  [[nodiscard]] HeadView<const float> head(Index h) const { return {&shape, parameters.data(), h}; }
};

}  // namespace shoal
