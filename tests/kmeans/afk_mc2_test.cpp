#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("AFK-MC² seeds are about as good as those of k-means++") {
  const auto rows = blobs(3000, 16, 80, 0.3f, 36);
  double chains = 0, exact = 0, random = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto once = [&](Seeding seeding) {
      return fit(KMeans<Euclidean>{.clusters = 80, .iterations = 1, .seed = seed, .seeding = seeding},
                 Rows(rows), Cpu{})
          .history[0]
          .objective;
    };
    chains += once(Seeding::afk_mc2);
    exact += once(Seeding::plus_plus);
    random += once(Seeding::random);
  }
  CHECK(chains < exact * 1.1);
  CHECK(chains < random);
  Matrix<float> same(50, 3, 1.f);
  CHECK(fit(KMeans<Euclidean>{.clusters = 5, .seeding = Seeding::afk_mc2}, Rows(same), Cpu{}).objective == 0);
}
