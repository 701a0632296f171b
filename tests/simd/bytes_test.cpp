#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/simd/bytes.hpp>

using namespace shoal;

TEST_CASE("bytes_below is a comparison, entry by entry, and 255 stays shut") {
  const Philox random(1, 1);
  for (std::uint64_t round = 0; round < 200; ++round) {
    std::uint8_t bounds[64], sunk[64];
    for (std::uint64_t k = 0; k < 64; ++k) {
      bounds[k] = static_cast<std::uint8_t>(random.below(256, round * 128 + 2 * k));
      sunk[k] = static_cast<std::uint8_t>(random.below(round % 2 ? 256 : 4, round * 128 + 2 * k + 1));
    }
    const auto threshold = static_cast<std::uint8_t>(random.below(256, 1'000'000 + round));
    const std::uint64_t open = bytes_below(bounds, sunk, threshold);
    for (int k = 0; k < 64; ++k)
      REQUIRE(((open >> k & 1) == 1) == (bounds[k] < std::min(255, threshold + sunk[k])));
  }
}

TEST_CASE("root_below is below the root, and near") {
  for (float x = 1e-30f; x < 1e30f; x *= 1.01f) {
    const float root = root_below(broadcast<FloatVector>(x))[0];
    CHECK(root <= std::sqrt(static_cast<double>(x)));
    CHECK(root >= 0.998 * std::sqrt(static_cast<double>(x)));
  }
}
