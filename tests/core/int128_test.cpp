#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/core/int128.hpp>

using namespace shoal;

TEST_CASE("products of 64-bit integers fit into 128 bits") {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  constexpr UInt128 square = UInt128{most} * most;
  CHECK(static_cast<std::uint64_t>(square >> 64) == most - 1);
  CHECK(static_cast<std::uint64_t>(square) == 1);
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const bool kept = Int128{least} * least > 0 && Int128{least} * std::numeric_limits<std::int64_t>::max() < 0;
  CHECK(kept);
}
