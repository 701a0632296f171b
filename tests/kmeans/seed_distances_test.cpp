#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/seed_distances.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("a draw is the row at that place of the cumulated weights; rows without weight are never drawn") {
  const Index n = 2500;
  RowDistribution rows(n);
  const auto weight = [](Index i) { return i % 5 == 0 ? 0.0 : 1.0 + static_cast<double>(i % 3); };
  const double total = rows.fill(Cpu{}, weight);
  double before = 0;
  for (Index i = 0; i < n; ++i) {
    if (weight(i) > 0) {
      CHECK(rows.draw(before, weight) == i);
      CHECK(rows.draw(before + weight(i) / 2, weight) == i);
    }
    before += weight(i);
  }
  CHECK(total == doctest::Approx(before));
  CHECK(rows.draw(before * 2, weight) == n - 1);
}

TEST_CASE("squared distances to the nearest seed, batch after batch; 0 for a seed's own row") {
  const auto rows = blobs(1500, 20, 12, 0.5f, 121);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  std::vector<float> weights(1500, 1.f);
  weights[3] = 0;
  const Cpu cpu(CpuSettings{.threads = 2});
  SeedDistances distances(checked, weights, cpu);
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
}
