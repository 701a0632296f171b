// A small data set of well separated groups, and settings that learn it in a moment.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

namespace shoal {

inline const Cpu cpu({.threads = 2});

/// n points around `groups` centres, group after group in turn.
inline Matrix<float> grouped_points(Index n, Index groups, Index features, float spread = 0.3f) {
  Matrix<float> points(n, features);
  const Philox centres(1, 1), noise(1, 2);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < features; ++j)
      points(i, j) =
          static_cast<float>(centres.normal(static_cast<std::uint64_t>(i % groups * features + j))) +
          spread * static_cast<float>(noise.normal(static_cast<std::uint64_t>(i * features + j)));
  return points;
}

template <class Method> Method quick(Index clusters) {
  Method s{.clusters = clusters, .heads = 2, .epochs = 12, .batch = 60, .learning_rate = 5e-2};
  s.final_rate = 5e-2;
  s.warmup_epochs = 2;
  s.hidden = {16};
  s.bottleneck = 8;
  s.teacher_momentum = 0.9;  // a short training: the teacher must not lag behind
  return s;
}

}  // namespace shoal
