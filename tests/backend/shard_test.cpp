#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/shard.hpp>

using namespace shoal;

TEST_CASE("one rank's shard is all rows: ids are row numbers, and nothing is exchanged") {
  Matrix<float> values(10, 2);
  for (Index i = 0; i < 20; ++i) values.data()[i] = static_cast<float>(i);
  const Rows source(values);
  const CheckedRows rows(source, false, "test");
  const Shard shard({}, 10, 2);
  CHECK(shard.first() == 0);
  CHECK(shard.rows() == 10);
  CHECK(shard.total() == 10);
  CHECK(shard.holds(9));
  CHECK_FALSE(shard.holds(10));
  const std::vector<Index> ids{7, 2, 7};
  Matrix<float> out(3, 2);
  shard.gather(rows, ids, out);
  CHECK(out(0, 1) == 15);
  CHECK(out(1, 0) == 4);
  CHECK(shard.told<Index>(ids, [](Index id) { return 10 * id; }) == std::vector<Index>{70, 20, 70});
  CHECK(shard.sample(rows, 5).row(2)[0] == 8);
  CHECK(shard.sample(rows, 50).rows() == 10);
  CHECK(shard.sum(Index{3}) == 3);
  ExactSum sum;
  sum.add(0.1);
  CHECK(shard.sum(sum) == 0.1);
  CHECK(shard.max(2.5) == 2.5);
  CHECK(shard.wrapping_sum(0xFEDCBA9876543210u) == 0xFEDCBA9876543210u);
  CHECK(shard.held(ids) == std::vector<Index>{7, 2, 7});
  CHECK(Shard({}, 0, 2).total() == 0);
}

TEST_CASE("checksums of ranks add up modulo 2^64") {
  std::vector<std::uint64_t> sums(3);
  test::over_ranks(3, [&](const test::ThreadRank& rank) {
    const Shard shard(rank, 1, 1);
    sums[static_cast<std::size_t>(rank.rank())] = shard.wrapping_sum(0x9000000080000000u);
  });
  for (const std::uint64_t sum : sums) CHECK(sum == 0xB000000180000000u);
}
