#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

/// Runs with every kind of bounds and checks that each step is that of the full product, bit for bit.
template <class Geo> void check_same_as_full(const Matrix<float>& rows, KMeans<Geo> settings) {
  settings.bounds = Bounds::off;
  const auto full = fit(settings, Rows(rows), Cpu{});
  for (const Bounds bounds : {Bounds::pair, Bounds::group, Bounds::none})
    for (const int threads : {1, 2, 7}) {
      if (threads == 7 && bounds != Bounds::pair) continue;
      settings.bounds = bounds;
      const auto pruned = fit(settings, Rows(rows), Cpu(CpuSettings{.threads = threads}));
      CHECK(pruned.labels == full.labels);
      CHECK(pruned.objective == full.objective);
      CHECK(pruned.stopped == full.stopped);
      REQUIRE(pruned.history.size() == full.history.size());
      for (std::size_t t = 0; t < full.history.size(); ++t)
        CHECK(pruned.history[t].moved == full.history[t].moved);
      CHECK(std::equal(full.centroids.data(), full.centroids.data() + full.centroids.size(),
                       pruned.centroids.data()));
    }
}

template <class Geo> void check_same_as_full(const Matrix<float>& rows, Index clusters, Seeding seeding) {
  check_same_as_full(rows,
                     KMeans<Geo>{.clusters = clusters, .iterations = 12, .seed = 3, .seeding = seeding});
}

}  // namespace

TEST_CASE_TEMPLATE("pruning changes no label: clustered rows", Geo, Euclidean, Cosine) {
  for (const Index d : {33, 128})
    for (const Seeding seeding : {Seeding::random, Seeding::plus_plus})
      check_same_as_full<Geo>(blobs(2100, d, 60, 0.8f, 21), 90, seeding);
}

TEST_CASE("pruning changes no label: rows without structure, far from zero, and on a line") {
  check_same_as_full<Euclidean>(blobs(1500, 64, 1, 1.f, 22), 70, Seeding::random);
  auto shifted = blobs(1500, 40, 30, 0.3f, 23);
  for (Index i = 0; i < shifted.size(); ++i) shifted.data()[i] += 300.f;
  check_same_as_full<Euclidean>(shifted, 70, Seeding::random);
  Matrix<float> line(1500, 40);
  for (Index i = 0; i < 1500; ++i)
    for (Index j = 0; j < 40; ++j) line(i, j) = static_cast<float>(i) * static_cast<float>(j - 20);
  check_same_as_full<Euclidean>(line, 70, Seeding::plus_plus);
}

TEST_CASE("pruning changes no label: duplicates, one huge cluster with outliers, as many clusters as rows") {
  auto rows = blobs(1200, 48, 20, 0.5f, 24);
  for (Index i = 0; i < 1200; i += 2) std::copy_n(rows.row(0), 48, rows.row(i));
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus})
    check_same_as_full<Euclidean>(rows, 80, seeding);
  auto huge = blobs(1200, 48, 1, 0.01f, 25);
  for (Index i = 0; i < 1200; i += 100)
    for (Index j = 0; j < 48; ++j) huge(i, j) *= 1000.f;
  check_same_as_full<Euclidean>(huge, 80, Seeding::random);
  check_same_as_full<Euclidean>(blobs(130, 48, 5, 1.f, 26), 130, Seeding::random);
}

TEST_CASE("pruning changes no label: weights, warm starts and every rule for empty clusters") {
  const auto rows = blobs(1400, 40, 12, 0.1f, 27);
  std::vector<float> weights(1400);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 5);
  Matrix<float> start(80, 40);
  Rows(rows).read(0, start);
  for (Index c = 0; c < 10; ++c) start(c, 0) = 1e4f;
  for (const EmptyRule rule :
       {EmptyRule::farthest_row, EmptyRule::split_largest, EmptyRule::keep, EmptyRule::drop})
    check_same_as_full(
        rows, KMeans<Euclidean>{
                  .clusters = 80, .iterations = 10, .empty = rule, .weights = weights, .start = start});
}
