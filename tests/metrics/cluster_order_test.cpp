#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/metrics/cluster_order.hpp>

using namespace shoal;

namespace {

/// Clusters of these sizes; the rows are numbered backwards.
ClusterOrder order_of(const std::vector<Index>& sizes) {
  Lists<Index> members;
  Index row = 1000;
  for (const Index size : sizes) {
    for (Index i = 0; i < size; ++i) members.values.push_back(--row);
    members.close();
  }
  return ClusterOrder(std::move(members));
}

}  // namespace

TEST_CASE("positions are the rows of one cluster after the other") {
  const ClusterOrder order = order_of({2, 0, 3, 1});
  REQUIRE(order.rows() == 6);
  REQUIRE(order.clusters() == 4);
  CHECK(order.size(1) == 0);
  const Label clusters[] = {0, 0, 2, 2, 2, 3};
  for (Index i = 0; i < 6; ++i) {
    CHECK(order.cluster(i) == clusters[i]);
    CHECK(order.row(i) == 999 - i);
  }
  CHECK(order.rows(2, 3).front() == 997);
  CHECK(order.rows(2, 3).size() == 3);
}

TEST_CASE("the runs of any window are its positions, each of one cluster and as long as it can be") {
  const ClusterOrder order = order_of({1, 4, 0, 0, 7, 1, 1, 2});
  for (Index first = 0; first <= order.rows(); ++first)
    for (Index count = 0; first + count <= order.rows(); ++count) {
      Index at = 0, last = -1;
      order.each_run(first, count, [&](Index cluster, Index from, Index length) {
        REQUIRE(from == at);
        REQUIRE(length > 0);
        REQUIRE(cluster > last);
        for (Index i = from; i < from + length; ++i) REQUIRE(order.cluster(first + i) == cluster);
        at += length, last = cluster;
      });
      REQUIRE(at == count);
    }
}

TEST_CASE("groups are all clusters in turn, whole, and no larger than a cluster past the target") {
  const Philox random(1, 0);
  for (Index trial = 0; trial < 50; ++trial) {
    std::vector<Index> sizes;
    for (Index k = 0; k < 1 + trial % 9; ++k)
      sizes.push_back(random.below(12, static_cast<std::uint64_t>(20 * trial + k)));
    const ClusterOrder order = order_of(sizes);
    for (const Index target : {1, 5, 1000}) {
      Index row = 0, cluster = 0;
      for (const ClusterGroup& g : order.groups(target)) {
        REQUIRE(g.first_row == row);
        REQUIRE(g.first_cluster == cluster);
        REQUIRE(g.clusters > 0);
        Index rows = 0, last = 0;
        for (Index k = cluster; k < cluster + g.clusters; ++k) {
          last = order.size(k);
          rows += last;
          REQUIRE((last < target || g.clusters == 1));
        }
        REQUIRE(g.rows == rows);
        REQUIRE(rows - last < target);
        row += g.rows, cluster += g.clusters;
      }
      CHECK(row == order.rows());
      CHECK(cluster == order.clusters());
    }
  }
  CHECK(order_of({3, 4, 5}).groups(1000).size() == 1);
  CHECK(order_of({3, 4, 5}).groups(1).size() == 3);
  CHECK(order_of({1, 1, 9, 1}).groups(5).size() == 3);  // a large cluster begins a group; the next one too
  CHECK(order_of({}).groups(5).empty());
}
