#include <map>
#include <set>

#include <doctest/doctest.h>

#include <shoal/neighbors/list_order.hpp>

using namespace shoal;

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

TEST_CASE("the rows of a block look into their own lists, nearest lists first") {
  Matrix<std::int32_t> probes(30, 2);
  for (Index i = 0; i < 30; ++i)  // all in list 1; every third row looks into list 3 too, the others into 0
    probes(i, 0) = 1, probes(i, 1) = i % 3 == 0 ? 3 : 0;
  const ListOrder order(probes, 5);
  REQUIRE(order.blocks.size() == 1);
  std::vector<Index> lists;
  std::map<Index, std::vector<std::int32_t>> asking;
  ListVisits(probes, order).each_list(0, [&](Index list, std::span<const std::int32_t> rows) {
    lists.push_back(list);
    asking[list].assign(rows.begin(), rows.end());
  });
  CHECK(lists == std::vector<Index>{1, 0, 3});
  CHECK(std::ssize(asking[1]) == 30);
  CHECK(std::ssize(asking[0]) == 20);
  CHECK(asking[3] == std::vector<std::int32_t>{0, 3, 6, 9, 12, 15, 18, 21, 24, 27});
}
