#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/neighbors/top.hpp>

using namespace shoal;

TEST_CASE("the m best do not depend on the order of the offers") {
  const Philox random(5, 0);
  const Index n = 500, m = 7;
  TopRows top(2, m);
  for (Index j = 0; j < n; ++j)
    for (Index row = 0; row < 2; ++row) {
      const Index id = row == 0 ? j : n - 1 - j;
      const auto score = static_cast<float>(random.below(40, static_cast<std::uint64_t>(id)));  // many ties
      if (score >= top.threshold(row)) top.offer(row, score, id);
    }
  const auto a = top.sorted(0), b = top.sorted(1);
  REQUIRE(a.size() == static_cast<std::size_t>(m));
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  for (std::size_t k = 1; k < a.size(); ++k) {
    const float s = score_of(a[k]), before = score_of(a[k - 1]);
    CHECK((s < before || (s == before && id_of(a[k]) > id_of(a[k - 1]))));
  }
  CHECK((top.dropped(0) && top.dropped(1)));
  TopRows few(2, 5);
  few.offer(0, 1.f, 8);
  REQUIRE(few.sorted(0).size() == 1);
  CHECK(id_of(few.sorted(0)[0]) == 8);
  CHECK(!few.dropped(0));
  for (Index j = 0; j < 6; ++j) few.offer(1, 1.f, j);
  CHECK(few.sorted(1).size() == 5);
  CHECK(few.dropped(1));
}
