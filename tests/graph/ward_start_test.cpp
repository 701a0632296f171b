#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/graph/ward_start.hpp>

using namespace shoal;

TEST_CASE("groups of uneven size are found from a Ward start whatever the seed") {
  Matrix<float> rows = test::random_rows(630, 8, 1);
  const auto group = [](Index i) { return i < 600 ? i % 2 : 2 + i % 3; };
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j < 8; ++j) rows(i, j) = 0.1f * rows(i, j) + (j == group(i) ? 2.f : 0.f);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const KMeansResult found = fit(WardKMeans<>{.clusters = 5, .seed = seed}, rows, Cpu{});
    for (Index i = 0; i < rows.rows(); ++i)
      CHECK(found.labels[static_cast<std::size_t>(i)] ==
            found.labels[static_cast<std::size_t>(group(i) < 2 ? group(i) : 600 + (group(i) + 1) % 3)]);
  }
}

TEST_CASE("its objective is that of its own labels and centroids, and is no worse than without iterations") {
  const Matrix<float> rows = test::random_rows(400, 6, 2);
  const KMeansResult found = fit(WardKMeans<Euclidean>{.clusters = 7, .seed = 3}, rows, Cpu{});
  double objective = 0;
  for (Index i = 0; i < 400; ++i)
    objective +=
        squared_distance(rows.row(i), found.centroids.row(found.labels[static_cast<std::size_t>(i)]), 6);
  CHECK(found.objective == doctest::Approx(objective).epsilon(1e-9));
  CHECK(found.objective <=
        fit(WardKMeans<Euclidean>{.clusters = 7, .iterations = 1, .seed = 3}, rows, Cpu{}).objective);
}

TEST_CASE("one cluster, one row, as many clusters as rows; the same bits for 1, 2 and 7 threads") {
  const Matrix<float> rows = test::random_rows(50, 5, 4);
  CHECK(fit(WardKMeans<>{.clusters = 1}, rows, Cpu{}).centroids.rows() == 1);
  CHECK(fit(WardKMeans<>{.clusters = 50}, rows, Cpu{}).objective < 1e-5);
  CHECK(fit(WardKMeans<>{.clusters = 1}, test::random_rows(1, 5, 4), Cpu{}).labels.size() == 1);
  const Matrix<float> many = test::random_rows(3000, 12, 5);
  const KMeansResult one = fit(WardKMeans<>{.clusters = 20}, many, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    const KMeansResult other = fit(WardKMeans<>{.clusters = 20}, many, Cpu({.threads = threads}));
    CHECK(other.labels == one.labels);
    CHECK(std::equal(one.centroids.data(), one.centroids.data() + one.centroids.size(),
                     other.centroids.data()));
  }
}

TEST_CASE("settings out of range are refused") {
  const Matrix<float> rows = test::random_rows(10, 3, 6);
  test::refused(Errc::invalid_argument, "clusters (11)",
                [&] { (void)fit(WardKMeans<>{.clusters = 11}, rows, Cpu{}); });
  test::refused(Errc::invalid_argument, "factor (0)",
                [&] { (void)fit(WardKMeans<>{.clusters = 2, .factor = 0}, rows, Cpu{}); });
  test::refused(Errc::stopped, "fit(WardKMeans)", [&] {
    (void)fit(WardKMeans<>{.clusters = 2}, rows, Cpu{}, [](const Progress&) { return false; });
  });
}
