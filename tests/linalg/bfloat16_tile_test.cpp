#include "linalg/reference_product.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/core/half.hpp>
#include <shoal/linalg/bfloat16_tile.hpp>

using namespace shoal;

namespace {

template <class Word> Word bits_of(float x) { return __builtin_bit_cast(Word, x); }

/// The bits of one element of a lane.
std::uint32_t rounded(float x) {
  return static_cast<std::uint32_t>(round_to_bfloat16(broadcast<FloatVector>(x))[1]);
}

/// Words of two random bfloat16, of sizes far apart.
IntVector random_words(std::uint64_t stream) {
  IntVector words{};
  const Philox random(3, stream);
  for (int i = 0; i < vector_width; ++i)
    for (int half = 0; half < 2; ++half) {
      const auto at = static_cast<std::uint64_t>(4 * i + 2 * half);
      const double size = std::ldexp(random.normal(at), static_cast<int>(random.below(40, at + 1)) - 20);
      words[i] |= static_cast<std::int32_t>(float_to_bfloat16(static_cast<float>(size))) << 16 * half;
    }
  return words;
}

}  // namespace

TEST_CASE("rounding is to the nearest bfloat16, ties to even; subnormals become zero") {
  const Philox random(1, 1);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random.below(Index{1} << 32, i));
    const float x = __builtin_bit_cast(float, bits);
    if (!std::isnormal(x)) continue;
    const std::uint32_t expected = static_cast<std::uint32_t>(float_to_bfloat16(x)) << 16;
    REQUIRE(rounded(x) == expected);
  }
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(rounded(infinity) == bits_of<std::uint32_t>(infinity));
  CHECK(rounded(-infinity) == bits_of<std::uint32_t>(-infinity));
  CHECK(rounded(std::numeric_limits<float>::max()) == bits_of<std::uint32_t>(infinity));
  CHECK(rounded(0x1p-126f) == bits_of<std::uint32_t>(0x1p-126f));
  for (const float zero : {0.f, 0x1.fffffcp-127f, -0x1p-149f})
    CHECK(__builtin_bit_cast(float, rounded(zero)) == 0);
  for (const std::uint32_t nan : {0x7FC00000u, 0x7FFFFFFFu, 0xFFFFFFFFu, 0x7F800001u})
    CHECK(std::isnan(__builtin_bit_cast(float, rounded(__builtin_bit_cast(float, nan)))));
}

TEST_CASE("the processor's products of pairs and those by lanes give the same bits") {
  FloatVector fast{}, plain{};
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const IntVector x = random_words(2 * i), y = random_words(2 * i + 1);
    fast = add_pairs(fast, x, y), plain = add_pairs_by_floats(plain, x, y);
    REQUIRE(std::memcmp(&fast, &plain, sizeof(FloatVector)) == 0);
  }
}

TEST_CASE("infinity and NaN come through a tile") {
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    Matrix<float> x(1, 5, 1.f);
    const Matrix<float> y(1, 5, 1.f);
    x(0, 3) = bad;
    Bfloat16Panels<tile_rows> left;
    Bfloat16Panels<tile_cols> right;
    left.pack({x, false}), right.pack({y, false});
    Tile tile;
    multiply_tile(left.panel(0), right.panel(0), left.depth(), tile);
    CHECK_FALSE(std::isfinite(tile.value[0][0][0]));
  }
}
