#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/sum_grids.hpp>

using namespace shoal;

TEST_CASE("a column's grid is made for its own magnitudes and the weights") {
  Matrix<float> rows(1000, 3, 0.f);
  for (Index i = 0; i < 1000; ++i) rows(i, 0) = 1e9f, rows(i, 1) = static_cast<float>(i % 2) * -1e-9f;
  const Rows source(rows);
  const std::vector<float> weights(1000, 2.f);
  const SumGrids grids = grids_of(CheckedRows(source, false, "test"), weights, Cpu{});
  REQUIRE(grids.columns.size() == 3);
  const std::vector<double> largest{2e9, 2e-9, 0};
  for (std::size_t j = 0; j < 2; ++j) {
    CHECK(grids.columns[j].unit() <= largest[j] * 0x1p-50);
    CHECK(grids.columns[j].unit() > largest[j] * 0x1p-52);
  }
  CHECK(grids.columns[2].units(0) == 0);
  CHECK(grids.weights.value(grids.weights.units(2)) == 2);
}

TEST_CASE("what weights are: how many count, the largest and the sum; none means that all are 1") {
  const Shard shard({}, 4, 1);
  const std::vector<float> weights{0, 3, 0.5f, 0};
  const WeightSummary some = summarize_weights(shard, weights, true),
                      none = summarize_weights(shard, {}, false);
  CHECK(some.positive == 2);
  CHECK(some.largest == 3);
  CHECK(some.total == 3.5);
  CHECK(none.positive == 4);
  CHECK(none.largest == 1);
  CHECK(none.total == 4);
}
