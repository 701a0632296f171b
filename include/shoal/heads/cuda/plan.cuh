// The memory plan of a training of heads on the GPU, computed before any of it is allocated.
#pragma once

#include <cmath>

#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_row_storage.cuh>
#include <shoal/heads/cuda/column_sums.cuh>
#include <shoal/heads/plan.hpp>

namespace shoal {

/// A power of two that brings gradients near 1, so that they do not underflow in float16.
inline float gradient_boost(const HeadSettings& settings) {
  return static_cast<float>(std::exp2(std::round(-std::log2(settings.gradient_scale()))));
}

/// The number of columns of layer l's activations: the first layers of all heads are stored side by side.
inline Index activation_cols(const HeadShape& shape, Index l) {
  return shape.outputs(l) * (l == 0 ? shape.heads : 1);
}

/// The memory for the gradient of a layer (the first layers of all heads, or another layer of one head) or
/// for `rows` rows of a layer, whichever is larger, in floats.
inline Index gradient_floats(const HeadShape& shape, Index rows) {
  Index most = std::max(shape.heads * shape.outputs(0) * (shape.inputs(0) + 1),
                        padded(shape.clusters) * (shape.bottleneck() + 1));
  for (Index l = 1; l < shape.layers(); ++l)
    most = std::max({most, shape.outputs(l) * (shape.inputs(l) + 1), rows * shape.inputs(l)});
  return most;
}

/// The memory for the logits of one head's rows, students' and partners', for their gradients, and for what
/// is computed from them, in floats.
inline Index logits_floats(const HeadSettings& settings) {
  const Index rows = settings.rows(), C = settings.clusters, all = rows * padded(C);
  const bool narrow = is_narrow(settings.precision), in_memory = rows_in_memory(C);
  return all * (settings.needs.teacher ? 2 : 1) + (narrow ? all / 2 : 0) + (narrow && !in_memory ? 0 : all) +
         (in_memory ? all : 0) + (2 * column_pieces(settings.batch) + 5) * C + 8 * rows;
}

/// The memory for the sums of a layer's gradients over pieces of rows, in floats.
inline Index bias_sum_floats(const HeadShape& shape, Index rows) {
  Index widest = 0;
  for (Index l = 0; l < shape.layers(); ++l) widest = std::max(widest, activation_cols(shape, l));
  return column_pieces(rows) * widest;
}

/// The size of the largest factor of a product that is rounded before it: rows, or the weights of a layer.
inline Index factor_floats(const HeadShape& shape, Index rows) {
  Index most = std::max(rows * shape.features, padded(shape.clusters) * shape.bottleneck());
  for (Index l = 0; l < shape.layers(); ++l) {
    const Index width = activation_cols(shape, l);
    most = std::max({most, rows * width, width * shape.inputs(l)});
  }
  return most;
}

/// The peak device memory of a training on d features, in bytes by use, for a budget in bytes (0: no limit).
/// "activations" are the first layers of all heads and the other layers of one head; "logits" are those of
/// one head and their gradients. No part grows with B × C × H except "partner rows", which are kept only for
/// objectives that need all heads first, and only if the budget has room; the results have the same bits
/// without. "packed parameters" are 16-bit copies of factors, if the precision requires them.
[[nodiscard]] inline MemoryPlan gpu_step_plan(const HeadSettings& settings, Index d, std::size_t budget = 0) {
  const HeadShape shape = settings.shape(d);
  const auto bytes = [](Index floats) { return bytes_for(floats, sizeof(float)); };
  const Index rows = settings.rows(), C = settings.clusters, K = settings.bottleneck, H = settings.heads;
  const bool teacher = settings.needs.teacher, all_heads = settings.needs.all_heads();
  Index widths = 0;
  for (Index l = 0; l < shape.layers(); ++l) widths += activation_cols(shape, l);

  MemoryPlan p;
  p.add("parameters", state_bytes(settings, shape) + bytes(gradient_floats(shape, rows) +
                                                           bias_sum_floats(shape, rows) + 2 * padded(C) * K))
      .add("batch", bytes(rows * d + 2 * rows))
      .add("activations",
           bytes(rows * (widths * (teacher ? 3 : 2) + (all_heads ? H : 1) * (K + 2)) + H * rows))
      .add("logits", bytes(logits_floats(settings) + (all_heads ? H * C : 0)))
      .add("packed parameters", product_bytes(settings.precision, factor_floats(shape, rows)));
  const std::size_t kept = all_heads ? bytes((H - 1) * rows * padded(C)) : 0;
  if (budget == 0 || p.total() + kept <= budget) p.add("partner rows", kept);
  return p;
}

}  // namespace shoal
