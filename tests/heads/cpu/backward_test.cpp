#include <doctest/doctest.h>

#include <shoal/heads/cpu/backward.hpp>

using namespace shoal;

TEST_CASE("normalize_backward is the derivative of y / |y|, and zero where the row was") {
  constexpr Index size = 21;  // a worker and a tail
  const Philox random(4, 1);
  Matrix<float> y(2, size, 0.f), slope(2, size);
  for (Index j = 0; j < size; ++j) y(0, j) = static_cast<float>(random.normal(static_cast<std::uint64_t>(j)));
  for (Index j = 0; j < 2 * size; ++j)
    slope.data()[j] = static_cast<float>(random.normal(static_cast<std::uint64_t>(100 + j)));
  const Buffer<float> bias(size, 0.f);
  Matrix<float> unit = y, delta = slope;
  float length[2];
  add_bias_normalize(bias.data(), unit, length);
  normalize_backward(unit, length, delta);

  const auto value = [&](Index moved, double by) {  // slope · y / |y|
    double dot = 0, square = 0;
    for (Index j = 0; j < size; ++j) {
      const double v = static_cast<double>(y(0, j)) + (j == moved ? by : 0);
      dot += v * static_cast<double>(slope(0, j)), square += v * v;
    }
    return dot / std::sqrt(square);
  };
  for (Index j = 0; j < size; ++j) {
    const double expected = (value(j, 1e-5) - value(j, -1e-5)) / 2e-5;
    CHECK(std::abs(static_cast<double>(delta(0, j)) - expected) < 1e-6);
    CHECK(delta(1, j) == 0.f);
  }
}

TEST_CASE("a pass's rows are parts of the whole batch, and GELU's slopes lie where deltas will") {
  const HeadShape shape{.features = 3, .widths = {5, 4}, .clusters = 2, .heads = 1};
  HeadPass pass(shape, 10, true);
  const Activations a = pass.rows(6, 3);
  CHECK(a.hidden[0].data == pass.hidden(0).row(6));
  CHECK(a.slope[0].data == pass.delta(0).row(6));
  CHECK(a.unit.data == pass.unit().row(6));
  CHECK(pass.unit_delta(6, 3).data == pass.delta(1).row(6));
  CHECK(HeadPass(shape, 10, false).rows(6, 3).slope.empty());
}
