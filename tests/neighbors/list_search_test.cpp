#include "support.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/list_search.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("rows are ordered by their lists, in blocks of one list each") {
  Matrix<std::int32_t> probes(700, 2);
  for (Index i = 0; i < 700; ++i)
    probes(i, 0) = i % 3 == 0 ? 2 : 0, probes(i, 1) = static_cast<std::int32_t>(i % 5);
  const ListOrder order(probes, 4);
  CHECK(std::set<Index>(order.row_of.begin(), order.row_of.end()).size() == 700);
  REQUIRE(order.first_block.size() == 5);
  Index slot = 0;
  for (Index list = 0; list < 4; ++list)
    for (Index b = order.first_block[static_cast<std::size_t>(list)];
         b < order.first_block[static_cast<std::size_t>(list) + 1]; ++b) {
      const Block& block = order.blocks[static_cast<std::size_t>(b)];
      CHECK(block.first == slot);
      CHECK((block.count >= 1 && block.count <= search_block_rows));
      for (; slot < block.first + block.count; ++slot)
        CHECK(probes(order.row_of[static_cast<std::size_t>(slot)], 0) == list);
    }
  CHECK(slot == 700);
}

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
