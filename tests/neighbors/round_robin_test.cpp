#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/round_robin.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("every pair of rows meets, whatever the number of blocks and parts") {
  for (const Index n : {2, 288, 289, 3 * 288, 4 * 288 + 1}) {
    const Matrix<float> x = random_rows(n, 3);
    const Cpu cpu({.threads = 2});
    const SearchRows rows("test", x, Similarity::cosine, cpu);
    const NeighborSettings settings{.count = std::min<Index>(n - 1, 5)};
    const Hook hook;
    const Neighbors whole = RoundRobinSearch<FastestPanels>(rows, settings, n, cpu, hook).run();
    for (Index i = 0; i < n; ++i)
      REQUIRE(right_neighbors(whole.ids.view().span(i), similarities(x, i, x, Similarity::cosine), i, 1e-6));
    for (const Index held : {288, 576})
      CHECK(same_bits(whole.ids, RoundRobinSearch<FastestPanels>(rows, settings, held, cpu, hook).run().ids));
  }
}

TEST_CASE("progress counts meetings up to all of them") {
  const Matrix<float> x = random_rows(1000, 3);
  const Cpu cpu({.threads = 1});
  const SearchRows rows("test", x, Similarity::cosine, cpu);
  const NeighborSettings settings{.count = 2};
  Index done = 0, total = 0;
  const Hook hook = [&](const Progress& p) {
    CHECK(p.done >= done);
    done = p.done, total = p.total;
    return true;
  };
  (void)RoundRobinSearch<FastestPanels>(rows, settings, 1000, cpu, hook).run();
  CHECK(total == 4 * 5 / 2);
  CHECK(done == total);
}
