#include "support.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/list_search.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("a row finds the best of its lists, and says so where they hold too few") {
  const Matrix<float> x = random_rows(60, 4);
  Matrix<std::int32_t> probes(60, 1);
  for (Index i = 0; i < 60; ++i) probes(i, 0) = i < 3 ? 0 : 1;
  const NeighborSettings settings{.count = 5};
  const Hook hook;
  const Cpu cpu({.threads = 2});
  const SearchRows rows("test", x, Similarity::cosine, cpu);
  for (const Index held : {60, 57}) {
    Neighbors found = room_for_neighbors(60, settings);
    const auto short_of = ListSearch<FastestPanels>(rows, probes, 2, held, settings, cpu, hook).run(found);
    CHECK(std::set<Index>(short_of.begin(), short_of.end()) == std::set<Index>{0, 1, 2});
    for (Index i = 3; i < 60; ++i) {
      auto s = similarities(x, i, x, Similarity::cosine);
      std::fill_n(s.begin(), 3, -2.0);
      REQUIRE(right_neighbors(found.ids.view().span(i), s, i, 1e-6));
    }
  }
}
