// A small clustering problem that every method can be run on: a few clouds on the sphere, seeded.
#pragma once

#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace small_data {

using shoal::Index;
using shoal::Label;

struct Clouds {
  shoal::Matrix<float> rows;
  std::vector<Label> truth;
};

/// n rows of d features around `classes` centres; row i belongs to class i mod classes.
inline Clouds clouds(Index n = 320, Index d = 13, Index classes = 5, float spread = 0.35f) {
  Clouds out{shoal::Matrix<float>(n, d), {}};
  const shoal::Philox centre(1, 1), noise(1, 2);
  for (Index i = 0; i < n; ++i) {
    const Index c = i % classes;
    out.truth.push_back(static_cast<Label>(c));
    for (Index j = 0; j < d; ++j)
      out.rows(i, j) = static_cast<float>(centre.normal(static_cast<std::uint64_t>(c * d + j)) +
                                          spread * noise.normal(static_cast<std::uint64_t>(i * d + j)));
  }
  return out;
}

}  // namespace small_data
