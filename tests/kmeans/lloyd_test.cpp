#include "kmeans/support.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("a fit that goes on from where one stopped is the fit of both") {
  const auto rows = blobs(500, 20, 15, 0.6f, 8);
  const auto both = fit(KMeans<>{.clusters = 20, .iterations = 9, .seed = 2}, Rows(rows), Cpu{});
  const auto first = fit(KMeans<>{.clusters = 20, .iterations = 4, .seed = 2}, Rows(rows), Cpu{});
  const auto second =
      fit(KMeans<>{.clusters = 20, .iterations = 5, .start = first.centroids}, Rows(rows), Cpu{});
  CHECK(second.objective == doctest::Approx(both.objective).epsilon(1e-6));
}

TEST_CASE("a hook hears of each iteration and may stop") {
  const auto rows = blobs(600, 10, 30, 1.f, 11);
  Index calls = 0;
  const auto result = fit(KMeans<Euclidean>{.clusters = 30, .seeding = Seeding::random}, Rows(rows), Cpu{},
                          [&](const Progress& p) { return ++calls == p.done && calls < 3; });
  CHECK(calls == 3);
  CHECK(result.stopped == Stopped::hook);
  CHECK(result.history.size() == 3);
}
