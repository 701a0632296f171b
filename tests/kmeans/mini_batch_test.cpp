#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/kmeans/mini_batch.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("mini-batch: centroids are the means of all rows given, and a good start stays good") {
  const auto rows = blobs(4000, 10, 10, 0.3f, 32);
  const auto full = fit(KMeans<Euclidean>{.clusters = 10, .seed = 1, .restarts = 3}, Rows(rows), Cpu{});
  const auto sample = fit(KMeans<Euclidean>{.clusters = 10, .seed = 1, .restarts = 3},
                          Rows(rows.view().block(0, 400)), Cpu{});
  MiniBatchKMeans<Euclidean> online(sample.centroids);
  Matrix<double> sums(10, 10, 0.0);
  for (Index first = 0; first < 4000; first += 500) {
    const auto labels = online.partial_fit(Rows(rows.view().block(first, 500)), Cpu{});
    for (Index i = 0; i < 500; ++i)
      for (Index j = 0; j < 10; ++j) sums(labels[static_cast<std::size_t>(i)], j) += rows(first + i, j);
  }
  Index seen = 0;
  for (Index c = 0; c < 10; ++c) {
    seen += online.count(c);
    for (Index j = 0; j < 10; ++j)
      CHECK(online.centroids()(c, j) ==
            doctest::Approx(sums(c, j) / static_cast<double>(online.count(c))).epsilon(1e-5));
  }
  CHECK(seen == 4000);
  const auto near = predict<Euclidean>(online.centroids(), Rows(rows), Cpu{});
  double objective = 0;
  for (Index i = 0; i < 4000; ++i) objective += near.distances(i, 0);
  CHECK(objective < full.objective * 1.05);
}
