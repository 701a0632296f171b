#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/unit_rows.hpp>

using namespace shoal;

TEST_CASE("normalize_backward is the derivative of y / |y|, and zero where the row was") {
  constexpr Index size = 21;  // a vector and a tail
  const Philox random(4, 1);
  Matrix<float> y(2, size, 0.f), weights(2, size);
  for (Index j = 0; j < size; ++j) y(0, j) = static_cast<float>(random.normal(static_cast<std::uint64_t>(j)));
  for (Index j = 0; j < 2 * size; ++j)
    weights.data()[j] = static_cast<float>(random.normal(static_cast<std::uint64_t>(100 + j)));
  const Buffer<float> bias(size, 0.f);
  Matrix<float> unit = y, delta = weights;
  const CpuTeam team{size};
  for (Index i = 0; i < 2; ++i) {
    const float length = add_bias_normalize(team, bias.data(), unit.row(i));
    CHECK((length > 0) == (i == 0));
    normalize_backward(team, unit.row(i), length, delta.row(i));
  }

  const auto value = [&](Index moved, double by) {  // weights · y / |y|
    double dot = 0, square = 0;
    for (Index j = 0; j < size; ++j) {
      const double v = static_cast<double>(y(0, j)) + (j == moved ? by : 0);
      dot += v * static_cast<double>(weights(0, j)), square += v * v;
    }
    return dot / std::sqrt(square);
  };
  for (Index j = 0; j < size; ++j) {
    const double expected = (value(j, 1e-5) - value(j, -1e-5)) / 2e-5;
    CHECK(std::abs(static_cast<double>(delta(0, j)) - expected) < 1e-6);
    CHECK(delta(1, j) == 0.f);
  }
}

TEST_CASE("a row is brought to length one after its bias, and its length is returned") {
  float y[] = {2.f, 1.f, 0.f};
  const float bias[] = {1.f, -1.f, 4.f};
  CHECK(add_bias_normalize(CpuTeam{3}, bias, y) == doctest::Approx(5));
  CHECK(y[0] == doctest::Approx(0.6));
  CHECK(y[1] == 0.f);
  CHECK(y[2] == doctest::Approx(0.8));
  float small[] = {1e-13f, 0.f, 0.f};
  const float none[] = {0.f, 0.f, 0.f};
  CHECK(add_bias_normalize(CpuTeam{3}, none, small) == 0.f);
  CHECK(small[0] == 0.f);
}
