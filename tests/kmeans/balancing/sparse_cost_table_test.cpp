#include <map>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/kmeans/balancing/sparse_cost_table.hpp>

using namespace shoal;

namespace {

using Oracle = std::map<std::pair<Index, Label>, float>;

void same(const SparseCostTable& known, const Oracle& oracle, Index rows, Index clusters) {
  std::size_t pairs = 0;
  for (Index row = 0; row < rows; ++row)
    for (const auto& [cluster, cost] : known.of(row)) {
      const auto found = oracle.find({row, cluster});
      REQUIRE(found != oracle.end());
      REQUIRE(cost == found->second);
      REQUIRE(known.cost(row, cluster) == cost);
      ++pairs;
    }
  CHECK(pairs == oracle.size());
  pairs = 0;
  for (Label cluster = 0; cluster < clusters; ++cluster) {
    Index last = -1;
    for (const auto& [row, cost] : known.in(cluster)) {
      REQUIRE(row > last);
      last = row;
      REQUIRE(cost == oracle.at({row, cluster}));
      ++pairs;
    }
  }
  CHECK(pairs == oracle.size());
}

}  // namespace

TEST_CASE("pairs are found from either side, and keep the cost that they came with") {
  const Philox random(2, 0);
  std::uint64_t drawn = 0;
  const Index rows = 40, clusters = 12, few = 5;
  SparseCostTable known(rows, clusters);
  Oracle oracle;
  same(known, oracle, rows, clusters);
  for (int round = 0; round < 8; ++round) {
    std::vector<Index> ids;  // the first and the last row among them, or none at all
    for (Index row = 0; row < rows; ++row)
      if (round != 3 && random.below(3, drawn++) == 0) ids.push_back(row);
    Matrix<Label> labels(std::ssize(ids), few);
    Matrix<float> costs(std::ssize(ids), few);
    for (Index k = 0; k < labels.rows(); ++k) {
      const Index first = random.below(clusters, drawn++);
      for (Index j = 0; j < few; ++j) {
        labels(k, j) = static_cast<Label>((first + 5 * j) % clusters);
        costs(k, j) = static_cast<float>(random.uniform(drawn++));
        oracle.try_emplace({ids[static_cast<std::size_t>(k)], labels(k, j)}, costs(k, j));
      }
    }
    known.add(ids, labels, costs);
    same(known, oracle, rows, clusters);
  }
}

TEST_CASE("no rows, and rows of which nothing is known") {
  SparseCostTable none(0, 3);
  none.add({}, {}, {});
  CHECK(none.in(2).empty());
  SparseCostTable known(2, 1);
  const Matrix<Label> labels(1, 1, 0);
  const Matrix<float> costs(1, 1, 4.f);
  known.add(std::vector<Index>{1}, labels, costs);
  CHECK(known.of(0).empty());
  CHECK(known.of(1).size() == 1);
  CHECK(known.in(0).front().row == 1);
}
