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
