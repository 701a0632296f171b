#include "support/random_rows.hpp"
#include "support/thread_ranks.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/spread_lists.hpp>

using namespace shoal;

TEST_CASE("each rank has the rows of its lists, in the order of one process, and what is found goes back") {
  constexpr Index n = 500, lists = 9;
  const Matrix<float> rows = test::random_rows(n, 3, 7);
  Matrix<std::int32_t> probes(n, 2);
  for (Index i = 0; i < n; ++i)  // list 4 has half of the rows, list 8 none
    probes(i, 0) = static_cast<std::int32_t>(i % 2 == 0 ? 4 : i % 8),
              probes(i, 1) = static_cast<std::int32_t>(i * i % lists);
  const ListOrder whole(probes, lists);
  for (const int ranks : {1, 2, 3, 5}) {
    std::vector<char> right(static_cast<std::size_t>(ranks), 0);
    test::over_ranks(ranks, [&](const test::ThreadRank& rank) {
      const int r = rank.rank();  // rank 0 has no rows, unless it is the only one
      const Index begin = r <= 1 ? 0 : n * r / ranks, end = r == 0 && ranks > 1 ? 0 : n * (r + 1) / ranks;
      Matrix<float> own(end - begin, 3);
      for (Index i = begin; i < end; ++i) std::copy_n(rows.row(i), 3, own.row(i - begin));
      Matrix<std::int32_t> own_probes(end - begin, 2);
      for (Index i = begin; i < end; ++i) std::copy_n(probes.row(i), 2, own_probes.row(i - begin));
      const Shard shard(AnyCommunicator(rank), end - begin, 3);
      const Cpu cpu({.threads = 1});
      const SpreadLists spread(own, own_probes, lists, shard, cpu);
      bool good = std::ranges::equal(spread.ids(), whole.row_of) && spread.slots().total() == n;
      for (Index s = 0; s < spread.rows().rows(); ++s) {
        const Index row = whole.row_of[static_cast<std::size_t>(spread.slots().first() + s)];
        good = good && std::equal(rows.row(row), rows.row(row) + 3, spread.rows().row(s));
      }
      Matrix<float> back(end - begin, 3);
      spread.send_back<float>(spread.rows(), back, cpu);
      good = good && std::equal(own.data(), own.data() + own.size(), back.data());
      for (const Index start : spread.starts())  // no list is divided
        good = good && (start <= spread.slots().first() || start >= spread.slots().first(r + 1) ||
                        spread.slots().holds(start));
      right[static_cast<std::size_t>(r)] = good ? 1 : 0;
    });
    CHECK(right == std::vector<char>(static_cast<std::size_t>(ranks), 1));
  }
}
