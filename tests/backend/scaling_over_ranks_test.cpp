#include "support/refused.hpp"
#include "support/thread_ranks.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/scaling_over_ranks.hpp>
#include <shoal/core/random.hpp>

using namespace shoal;

TEST_CASE("columns of rows on ranks are scaled by the bits of one process, wherever shards begin and end") {
  Matrix<float> values(3500, 3);
  for (Index i = 0; i < values.size(); ++i)
    values.data()[i] = 5.f + static_cast<float>(Philox(1, 2).normal(static_cast<std::uint64_t>(i)));
  for (Index i = 0; i < 3500; ++i) values(i, 1) = 7.f;
  const Cpu cpu({.threads = 2});
  const ColumnScaling expected = column_scaling(Rows(values), cpu);
  const std::vector<std::vector<Index>> cuts{{0, 3500},
                                             {0, 1024, 2048, 3500},
                                             {0, 1, 1000, 1023, 1030, 3500},
                                             {0, 0, 3499, 3500, 3500},
                                             {0, 1500, 1501, 3500}};
  for (const std::vector<Index>& cut : cuts) {
    const auto ranks = static_cast<int>(cut.size()) - 1;
    std::vector<ColumnScaling> found(static_cast<std::size_t>(ranks));
    test::over_ranks(ranks, [&](const test::ThreadRank& rank) {
      const auto r = static_cast<std::size_t>(rank.rank());
      const Rows own(values.view().block(cut[r], cut[r + 1] - cut[r]));
      found[r] = column_scaling(own, Shard(rank, own.rows(), 3), cpu);
    });
    for (const ColumnScaling& one : found) {
      CHECK(one.mean == expected.mean);
      CHECK(one.scale == expected.scale);
    }
  }
}

TEST_CASE("a column that is not finite on one rank is refused on all") {
  Matrix<float> values(40, 2, 1.f);
  values(33, 1) = std::numeric_limits<float>::infinity();
  const Cpu cpu({.threads = 1});
  std::vector<std::string> said(2);
  test::over_ranks(2, [&](const test::ThreadRank& rank) {
    const Rows own(values.view().block(20 * rank.rank(), 20));
    said[static_cast<std::size_t>(rank.rank())] =
        test::error_of([&] { (void)column_scaling(own, Shard(rank, 20, 2), cpu); }).what();
  });
  for (const std::string& what : said)
    CHECK(what == "column_scaling: column 1 of the features holds NaN or infinity");
}
