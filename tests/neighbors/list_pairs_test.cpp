#include <doctest/doctest.h>

#include <shoal/neighbors/list_pairs.hpp>

using namespace shoal;

TEST_CASE("visiting rows are cut at the ends of lists, and met by the rows that look into theirs") {
  Matrix<std::int32_t> probes(20, 1);  // this rank has list 2, whose rows look into it alone
  for (Index i = 0; i < 20; ++i) probes(i, 0) = 2;
  const ListOrder order(probes, 4);
  const ListVisits visits(probes, order);
  const std::vector<Index> starts{0, 300, 300, 320, 1000};  // list 1 is empty
  std::vector<std::int32_t> ids(1000);
  for (std::size_t slot = 0; slot < 1000; ++slot) ids[slot] = static_cast<std::int32_t>(999 - slot);
  const ListPairs pairs(order, visits, starts, ids);
  CHECK((pairs.id(10) == 989 && pairs.slot(989) == 10));
  CHECK(pairs.blocks(20).size() == 1);

  const Matrix<float> rows(20, 3);
  const PrefilterBlock<FastestPanels> own(rows, [](Index) { return RowMeasure{}; });
  const auto met = [&](const ListPairs::Guests& guests) {
    std::vector<Index> blocks;
    pairs.each(0, own, guests, [&](const PrefilterRows<FastestPanels>& asking, Index j) {
      CHECK(asking.ids.size() == 20);
      blocks.push_back(j);
    });
    return blocks;
  };
  const ListPairs::Guests guests = pairs.guests(5, 700);  // slots 5 to 704
  std::vector<Index> counts;
  Index at = 0;
  for (const Block& block : guests.blocks) {
    CHECK(block.first == at);
    counts.push_back(block.count);
    at += block.count;
  }
  CHECK(counts == std::vector<Index>{288, 7, 20, 288, 97});
  CHECK(met(guests) == std::vector<Index>{2});
  CHECK(met(pairs.guests(0, 300)).empty());    // list 0
  CHECK(met(pairs.guests(320, 600)).empty());  // list 3
  CHECK(met(pairs.guests(310, 5)) == std::vector<Index>{0});
}
