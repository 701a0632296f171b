#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/seed_distances.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("squared distances to the nearest seed, batch after batch; 0 for a seed's own row") {
  const auto rows = blobs(1500, 20, 12, 0.5f, 121);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  std::vector<float> weights(1500, 1.f);
  weights[3] = 0;
  const Cpu cpu(CpuSettings{.threads = 2});
  const Shard shard({}, 1500, 20);
  SeedDistances distances(checked, shard, weights, cpu);
  Matrix<float> seeds(9, 20);
  const Index first = distances.first(0.4, seeds.view().block(0, 1));
  CHECK(std::equal(seeds.row(0), seeds.row(0) + 20, rows.row(first)));
  Rows(rows).read(100, seeds.view().block(1, 8));
  distances.update(seeds.view().block(1, 3));
  distances.update(seeds.view().block(4, 5));
  double total = 0;
  for (Index i = 0; i < 1500; ++i) {
    const auto all = kmeans_test::distances(rows.row(i), seeds);
    const double least = *std::min_element(all.begin(), all.end());
    CHECK(distances.square(i) == doctest::Approx(least).epsilon(1e-6));
    total += i == 3 ? 0 : distances.square(i);
  }
  CHECK(distances.square(104) == 0);
  CHECK(distances.total() == doctest::Approx(total));
  const std::vector<Index> ids{7, 104, 3};
  CHECK(distances.squares(ids) == std::vector<double>{distances.square(7), 0, distances.square(3)});
}
