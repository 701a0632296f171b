#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/simd/byte_products.hpp>

using namespace shoal;

#ifdef SHOAL_BYTE_PRODUCTS
TEST_CASE("products of four bytes are added to an element, with the offset of the right factor in them") {
  constexpr int bytes = 4 * vector_width;
  const Philox random(1, 1);
  for (std::uint64_t round = 0; round < 100; ++round) {
    std::int8_t x[bytes], y[bytes];
    for (int k = 0; k < bytes; ++k) {
      const auto draw = [&](std::uint64_t which) {
        return static_cast<std::int8_t>(
            static_cast<int>(random.below(2 * largest_code + 1,
                                          round * 1000 + 2 * static_cast<std::uint64_t>(k) + which)) -
            largest_code);
      };
      x[k] = round == 0 ? static_cast<std::int8_t>(largest_code) : draw(0);
      y[k] = round <= 1 ? static_cast<std::int8_t>(round == 0 ? largest_code : -largest_code) : draw(1);
    }
    IntVector s, u;
    std::memcpy(&s, x, sizeof(s));
    std::memcpy(&u, y, sizeof(u));
    u = add_byte_offset(u);
    const IntVector none{}, products = dot_bytes(none, u, s);
    const IntVector sums = short_sums ? widen(products) : products;
    const IntVector difference = short_sums ? subtract_short(products, products) : none;
    for (int l = 0; l < vector_width; ++l) {
      int expected = 0;
      for (int k = 4 * l; k < 4 * l + 4; ++k) expected += x[k] * (y[k] + byte_offset);
      REQUIRE(sums[l] == expected);
      REQUIRE(difference[l] == 0);
    }
  }
  CHECK(add_byte_offset(std::uint32_t{0}) == 0x01010101u * byte_offset);
}
#endif
