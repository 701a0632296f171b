#include <iterator>

#include <doctest/doctest.h>

#include <shoal/core/scored.hpp>

using namespace shoal;

TEST_CASE("words order by score, then by lowest id") {
  const float up[] = {-3.4e38f, -1.f, -1e-40f, 0.f, 1e-40f, 0.5f, 1.f, 3.4e38f};
  for (std::size_t i = 1; i < std::size(up); ++i) CHECK(scored(up[i], 9) > scored(up[i - 1], 0));
  CHECK(scored(0.25f, 3) > scored(0.25f, 4));
  CHECK(scored(-0.f, 3) > scored(0.f, 4));
  for (const float score : up)
    for (const Index id : {Index{0}, Index{1}, Index{2147483646}}) {
      CHECK(score_of(scored(score, id)) == score);
      CHECK(id_of(scored(score, id)) == id);
    }
}
