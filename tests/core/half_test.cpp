#include <cmath>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <shoal/core/half.hpp>

using namespace shoal;

// Eigen's 16-bit types are the oracle.
TEST_CASE("every half widens as Eigen's does, and comes back") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto h = static_cast<std::uint16_t>(bits);
    const float expected = static_cast<float>(Eigen::numext::bit_cast<Eigen::half>(h)),
                value = half_to_float(h);
    if (std::isnan(expected)) {
      CHECK_UNARY(std::isnan(value));
      CHECK_UNARY(std::isnan(half_to_float(float_to_half(value))));
    } else {
      CHECK(value == expected);
      CHECK(std::signbit(value) == std::signbit(expected));
      CHECK(float_to_half(value) == h);
    }
    const float wide = bfloat16_to_float(h);
    if (!std::isnan(wide)) CHECK(float_to_bfloat16(wide) == h);
  }
}

TEST_CASE("floats narrow to the nearest, ties to even, as Eigen's do") {
  for (std::uint64_t k = 0; k < 200000; ++k) {
    const auto bits = static_cast<std::uint32_t>(k * 21474836u + k);
    const float x = __builtin_bit_cast(float, bits);
    if (std::isnan(x)) continue;
    CAPTURE(x);
    CHECK(float_to_half(x) == Eigen::numext::bit_cast<std::uint16_t>(Eigen::half(x)));
    CHECK(float_to_bfloat16(x) == Eigen::numext::bit_cast<std::uint16_t>(Eigen::bfloat16(x)));
  }
}
