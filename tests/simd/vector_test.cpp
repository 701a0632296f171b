#include <cmath>

#include <doctest/doctest.h>

#include <shoal/simd/vector.hpp>

using namespace shoal;

TEST_CASE("reductions over a lane") {
  FloatVector v{};
  for (int i = 0; i < vector_width; ++i) v[i] = static_cast<float>(i * (i % 2 ? 1 : -1));
  float sum = 0;
  for (int i = 0; i < vector_width; ++i) sum += v[i];
  CHECK(reduce_sum(v) == sum);
  CHECK(reduce_max(v) == static_cast<float>(vector_width - 1));
  CHECK(reduce_max(broadcast<FloatVector>(-2.f)) == -2.f);
}

TEST_CASE("loads and stores need no alignment") {
  float row[vector_width + 3];
  for (int i = 0; i < vector_width + 3; ++i) row[i] = static_cast<float>(i);
  const FloatVector v = load<FloatVector>(row + 1);
  store(row + 3, v);
  for (int i = 0; i < vector_width; ++i) CHECK(row[3 + i] == static_cast<float>(i + 1));
}

TEST_CASE("the larger and the smaller of two, by bits, are what a comparison selects") {
  const float values[] = {0.f, -0.f, 1.f, -1.f, 1e-40f, INFINITY, -INFINITY, NAN};
  for (const float a : values)
    for (const float b : values) {
      const FloatVector x = broadcast<FloatVector>(a), y = broadcast<FloatVector>(b);
      for (int l = 0; l < vector_width; ++l) {
        CHECK(to_bits(vector_max(x, y)[l]) == to_bits(x[l] > y[l] ? x[l] : y[l]));
        CHECK(to_bits(vector_min(x, y)[l]) == to_bits(x[l] < y[l] ? x[l] : y[l]));
      }
    }
}
