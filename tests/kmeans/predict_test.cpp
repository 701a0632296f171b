#include "kmeans/support.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("predict: nearest first, the same labels alone or together, those of the fit") {
  const auto rows = blobs(700, 33, 20, 0.8f, 10);
  const auto result = fit(KMeans<>{.clusters = 50, .seed = 3}, Rows(rows), Cpu{});
  const auto top = predict<Cosine>(result.centroids, Rows(rows), Cpu{}, 5);
  const auto first = predict<Cosine>(result.centroids, Rows(rows), Cpu{});
  for (Index i = 0; i < 700; ++i) {
    REQUIRE(top.labels(i, 0) == first.labels(i, 0));
    REQUIRE(first.labels(i, 0) == result.labels[static_cast<std::size_t>(i)]);
    std::set<Label> different;
    for (Index k = 0; k < 5; ++k) {
      different.insert(top.labels(i, k));
      if (k > 0) REQUIRE(top.distances(i, k) >= top.distances(i, k - 1) - 1e-6f);
    }
    REQUIRE(different.size() == 5);
    if (i % 50 != 0) continue;
    const auto alone = predict<Cosine>(result.centroids, Rows(rows.view().block(i, 1)), Cpu{}, 5);
    for (Index k = 0; k < 5; ++k) REQUIRE(alone.labels(0, k) == top.labels(i, k));
  }
}
