// The last layer of a head, which gives the logits: weight-normalised directions, or a plain head's weights.
#pragma once

#include <algorithm>

#include <shoal/heads/shape.hpp>
#include <shoal/heads/weight_norm.hpp>

namespace shoal {

/// Writes the weights w_c of cluster c's logit: g_c v_c / ‖v_c‖, or of a plain head the layer's own.
template <class Team> void last_weight(const Team& team, HeadView<const float> head, Index c, float* w) {
  const float* v = head.directions().row(c);
  if (head.shape->plain)
    team.each([=](auto k) { k.store(w, k.load(v)); });
  else
    weight_norm(team, v, head.gains()[c], w);
}

/// y ← y ∘ by, entry by entry: the backward pass of an activation whose derivatives are `by`.
template <class Team> void multiply_rows(const Team& team, const float* by, float* y) {
  team.each([=](auto k) { k.store(y, k.load(y) * k.load(by)); });
}

/// sums ← the column sums of `rows`, in the order of the rows: the gradient of a layer's biases.
inline void sum_columns(MatrixView<const float> rows, float* sums) {
  std::fill_n(sums, rows.cols, 0.f);
  for (Index i = 0; i < rows.rows; ++i) {
    const float* row = rows.row(i);
    CpuTeam{rows.cols}.each([=](auto k) { k.store(sums, k.load(sums) + k.load(row)); });
  }
}

}  // namespace shoal
