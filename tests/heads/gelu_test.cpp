#include <cmath>
#include <initializer_list>

#include <doctest/doctest.h>

#include <shoal/heads/gelu.hpp>

using namespace shoal;

TEST_CASE("GELU and its derivative against double precision, for vectors and floats") {
  double worst = 0, worst_derivative = 0;
  for (float x = -20.f; x < 20.f; x += 0.00913f) {
    const auto one = gelu(x);
    const auto many = gelu(broadcast<FloatVector>(x));
    const double z = static_cast<double>(x), below = 0.5 * std::erfc(-z / std::sqrt(2.0));
    const double bell = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)),
                 size = std::max(1.0, std::abs(z));
    for (const auto& [value, derivative] :
         {Gelu<float>{one}, Gelu<float>{many.value[0], many.derivative[vector_width - 1]}}) {
      worst = std::max(worst, std::abs(static_cast<double>(value) - z * below) / size);
      worst_derivative =
          std::max(worst_derivative, std::abs(static_cast<double>(derivative) - (below + z * bell)) / size);
    }
  }
  CHECK(worst < 1.5e-7);
  CHECK(worst_derivative < 3e-7);
  CHECK(gelu(0.f).value == 0.f);
  CHECK(gelu(0.f).derivative == doctest::Approx(0.5f));
  CHECK(gelu(-1e30f).value == 0.f);
  CHECK(gelu(1e30f).value == 1e30f);
}
