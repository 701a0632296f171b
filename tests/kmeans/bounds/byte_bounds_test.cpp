#include <doctest/doctest.h>

#include <shoal/kmeans/bounds/byte_bounds.hpp>

using namespace shoal;

TEST_CASE("byte scales round bounds down and thresholds up") {
  for (const float range : {1e-12f, 1.3f, 4e5f}) {
    const ByteScale scale(range);
    for (int i = 0; i < 3000; ++i) {
      const float x = range * static_cast<float>(i) / 2000.f;
      CHECK(scale.below(x) * static_cast<double>(scale.step) <= x);
      const int up = scale.above(x);
      CHECK((up == 255 || up * static_cast<double>(scale.step) >= x));
    }
  }
}

TEST_CASE("a group's bound is the least of its eight") {
  std::uint8_t bounds[1024], least[128];
  for (int i = 0; i < 1024; ++i) bounds[i] = static_cast<std::uint8_t>((i * 167 + i / 7) % 256);
  least_of_eights(bounds, 128, least);
  for (int g = 0; g < 128; ++g) CHECK(least[g] == *std::min_element(bounds + 8 * g, bounds + 8 * g + 8));
}
