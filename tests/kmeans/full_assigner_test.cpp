#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/full_assigner.hpp>

using namespace shoal;
using kmeans_test::blobs;
using kmeans_test::is_nearest;

TEST_CASE("the full assigner labels every row by its nearest centroid and keeps the sums") {
  const auto rows = blobs(700, 33, 20, 0.6f, 131), centroids = blobs(45, 33, 20, 0.6f, 132);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 2});
  std::vector<double> squares(700);
  FullAssigner assigner({checked, 45, Bounds::off, {}, squares}, cpu);
  std::vector<Label> labels(700, -1);
  ClusterSums sums(45, grids_of(checked, std::span<const float>(), cpu));
  CHECK(assigner.assign(centroids, labels, sums) == 700);
  CHECK(assigner.assign(centroids, labels, sums) == 0);
  CHECK(assigner.pruned() == 0);
  Index counted = 0;
  for (Index c = 0; c < 45; ++c) counted += sums.count(c);
  CHECK(counted == 700);
  for (Index i = 0; i < 700; ++i) {
    CHECK_UNARY(is_nearest(rows.row(i), centroids, labels[static_cast<std::size_t>(i)]));
    CHECK(squares[static_cast<std::size_t>(i)] == squared_norm(rows.row(i), 33));
  }
}

TEST_CASE("a search gives a row the same bits whichever rows it is asked for with") {
  const auto rows = blobs(300, 21, 9, 0.6f, 133), centroids = blobs(40, 21, 9, 0.6f, 134);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 2});
  TileSearch search(centroids, cpu);
  Matrix<Label> all(300, 3);
  Matrix<float> values(300, 3);
  search.find({.rows = checked, .count = 3}, [&](const FoundCentroids& found) {
    std::copy_n(found.labels.data, found.labels.rows * 3, all.row(found.place));
    std::copy_n(found.values.data, found.values.rows * 3, values.row(found.place));
  });
  for (const Index row : {0, 17, 299}) {
    const std::vector<Index> ids{row};
    search.find({.rows = checked, .ids = std::span<const Index>(ids), .count = 3},
                [&](const FoundCentroids& found) {
                  for (Index k = 0; k < 3; ++k) {
                    CHECK(found.labels(0, k) == all(row, k));
                    CHECK(found.values(0, k) == values(row, k));
                  }
                });
  }
}

TEST_CASE("a question with a sharpness is told the share of the nearest centroid, a sum over all of them") {
  const auto rows = blobs(150, 21, 9, 0.6f, 135), centroids = blobs(40, 21, 9, 0.6f, 136);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 1});
  TileSearch search(centroids, cpu);
  CHECK(search.shares_of_nearest());
  for (const Index count : {1, 3}) {
    Index told = 0;
    search.find({.rows = checked, .count = count, .sharpness = 2}, [&](const FoundCentroids& found) {
      for (Index i = 0; i < found.rows.rows; ++i) {
        double sum = 0, least = squared_distance(found.rows.row(i), centroids.row(found.labels(i, 0)), 21);
        for (Index c = 0; c < 40; ++c)  // values are halves of squared distances
          sum += std::exp(least - squared_distance(found.rows.row(i), centroids.row(c), 21));
        CHECK(found.shares[static_cast<std::size_t>(i)] == doctest::Approx(1 / sum).epsilon(1e-4));
      }
      told += found.rows.rows;
    });
    CHECK(told == 150);
  }
  search.find({.rows = checked, .count = 3},
              [](const FoundCentroids& found) { CHECK(found.shares.empty()); });
}
