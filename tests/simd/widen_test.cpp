#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/simd/widen.hpp>

using namespace shoal;

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

TEST_CASE("every element of two bytes and of one has the same bits in a vector as alone") {
  std::vector<std::uint16_t> shorts(65536);
  for (std::size_t i = 0; i < shorts.size(); ++i) shorts[i] = static_cast<std::uint16_t>(i);
  std::vector<float> out(shorts.size());
  const auto expect = [&](Dtype type, const void* from, const auto& one, std::size_t count) {
    for (const std::size_t first : {0, 1, 7}) {  // the last ones of each are no whole vector
      const auto* start = static_cast<const std::byte*>(from) + first * bytes_of(type);
      widen(type, start, out.data(), static_cast<Index>(count - first));
      bool same = true;
      for (std::size_t i = first; i < count; ++i) {
        const float expected = one(i);
        same = same && std::memcmp(&expected, &out[i - first], sizeof(float)) == 0;
      }
      CHECK_UNARY(same);
    }
  };
  expect(
      Dtype::float16, shorts.data(), [&](std::size_t i) { return half_to_float(shorts[i]); }, shorts.size());
  expect(
      Dtype::bfloat16, shorts.data(), [&](std::size_t i) { return bfloat16_to_float(shorts[i]); },
      shorts.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(shorts.data());
  expect(
      Dtype::uint8, bytes, [&](std::size_t i) { return static_cast<float>(bytes[i]); }, 1000);
  expect(
      Dtype::int8, bytes,
      [&](std::size_t i) { return static_cast<float>(static_cast<std::int8_t>(bytes[i])); }, 1000);
}
