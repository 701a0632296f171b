#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/kmeans/hierarchical.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("hierarchical: all clusters made, near the objective of the flat fit") {
  const auto rows = blobs(3000, 16, 60, 0.4f, 35);
  const auto flat = fit(KMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu{});
  const auto deep =
      fit(HierarchicalKMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu(CpuSettings{.threads = 1}));
  CHECK(deep.centroids.rows() == 100);
  CHECK(deep.objective < flat.objective * 1.15);
  CHECK(
      deep.labels ==
      fit(HierarchicalKMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu(CpuSettings{.threads = 2})).labels);
  CHECK(fit(HierarchicalKMeans<>{.clusters = 1}, Rows(rows), Cpu{}).centroids.rows() == 1);
  CHECK_THROWS_AS(fit(HierarchicalKMeans<>{.clusters = 3001}, Rows(rows), Cpu{}), error);
}
