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
  std::vector<std::int32_t> a(m), b(m);
  std::vector<float> s(m), t(m);
  CHECK(top.take(0, a, s) == m);
  CHECK(top.take(1, b, t) == m);
  CHECK(a == b);
  CHECK(s == t);
  for (std::size_t k = 1; k < a.size(); ++k)
    CHECK((s[k] < s[k - 1] || (s[k] == s[k - 1] && a[k] > a[k - 1])));
  TopRows few(1, 5);
  few.offer(0, 1.f, 8);
  CHECK(few.take(0, a, {}) == 1);
  CHECK(a[0] == 8);
}
