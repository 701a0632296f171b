#include "laws/search.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/prefiltered_search.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("the search of a Cpu obeys the laws") {
  laws::obeys_search(
      [](int threads, std::size_t memory) { return Cpu({.threads = threads, .memory = memory}); });
  laws::orders_ties_by_id(Cpu({.threads = 2}));
}

TEST_CASE("codes of either kind give the same bits, for rows among themselves and for queries") {
  const Matrix<float> x = random_rows(1100, 24), queries = random_rows(400, 24, 5);
  const NeighborSettings settings{.count = 20, .keep_similarities = true};
  const Cpu cpu;
  for (const bool self : {true, false}) {
    const NeighborQuery query{self ? x : queries, x, self, settings, {}};
    const Neighbors floats = PrefilteredSearch<Panels>(cpu).find(query),
                    fastest = PrefilteredSearch<FastestPanels>(cpu).find(query);
    CHECK(same_bits(floats.ids, fastest.ids));
    CHECK(same_bits(floats.similarities, fastest.similarities));
  }
}

TEST_CASE("two parts where rows ask for each other, one beside queries; whole blocks") {
  const NeighborSettings settings{.count = 20};
  for (const NeighborShape& shape : {NeighborShape{5000, 64}, NeighborShape{5000, 64, 100}}) {
    const MemoryPlan whole = plan(settings, shape, Cpu({.threads = 2}));
    const Cpu tight({.threads = 2, .memory = whole.total() - 100000});
    const MemoryPlan parts = plan(settings, shape, tight);
    const Index held = SearchOn<Cpu>(tight).rows_at_once(settings, shape);
    CHECK(parts.fits(tight.memory()));
    CHECK(held % search_block_rows == 0);
    CHECK(parts["rows"] == static_cast<std::size_t>(held) * (shape.queries ? 1 : 2) *
                               SearchPart<FastestPanels>::bytes_a_row(64));
  }
}
