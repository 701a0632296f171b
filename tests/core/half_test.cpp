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

TEST_CASE("widen converts by type, at any alignment") {
  const float floats[] = {1.f, -2.f};
  const double doubles[] = {1, -2};
  const std::uint16_t halves[] = {0x3C00, 0xC000}, bfloats[] = {0x3F80, 0xC000};
  const std::int8_t bytes[] = {1, -2};
  for (const auto& [type, data] : {std::pair<Dtype, const void*>{Dtype::float32, floats},
                                   {Dtype::float64, doubles},
                                   {Dtype::float16, halves},
                                   {Dtype::bfloat16, bfloats},
                                   {Dtype::int8, bytes}}) {
    for (const std::size_t offset : {0, 1}) {
      std::byte stored[32];
      std::memcpy(stored + offset, data, 2 * bytes_of(type));
      float out[2];
      widen(type, stored + offset, out, 2);
      CHECK(out[0] == 1.f);
      CHECK(out[1] == -2.f);
    }
  }
  const std::uint8_t naturals[] = {0, 255};
  float out[2];
  widen(Dtype::uint8, naturals, out, 2);
  CHECK(out[1] == 255.f);
  const double beyond[] = {1e300, 1 + 1e-9};
  widen(Dtype::float64, beyond, out, 2);
  CHECK(std::isinf(out[0]));
  CHECK(out[1] == 1.f);
  widen(Dtype::float32, nullptr, nullptr, 0);
}
