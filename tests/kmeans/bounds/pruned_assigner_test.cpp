#include "kmeans/support.hpp"

#include <cmath>
#include <numeric>

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

TEST_CASE("byte scales round bounds down and thresholds up") {
  for (const float range : {1e-12f, 1.3f, 4e5f}) {
    const ByteScale scale(range);
    for (int i = 0; i < 3000; ++i) {
      const float x = range * static_cast<float>(i) / 2000.f;
      CHECK(scale.below(x) * static_cast<double>(scale.step) <= x);
      const int up = scale.above(x);
      CHECK((up == 255 || up * static_cast<double>(scale.step) >= x));
    }
  }
}

TEST_CASE("codes bound every distance from below, and closely: of blocks and of single pairs") {
  for (const float shift : {0.f, 50.f}) {
    auto rows = blobs(40, 70, 4, 1.f, 28), centroids = blobs(50, 70, 4, 1.f, 29);
    for (auto* m : {&rows, &centroids})
      for (Index i = 0; i < m->size(); ++i) m->data()[i] += shift;
    CodedBounds codes(1, 64, std::vector<float>(70, shift), 40);
    CodedBounds::Scratch scratch;
    const ByteScale scale(30.f);
    std::vector<std::uint8_t> bounds(40 * 64, 0);
    codes.set(centroids, Cpu{});
    codes.raise(rows, bounds.data(), scale, scratch, 0);
    std::vector<Label> all(50);
    std::iota(all.begin(), all.end(), 0);
    for (Index i = 0; i < 40; ++i) {
      std::vector<double> exact, single(50);
      for (Index c = 0; c < 50; ++c)
        exact.push_back(std::sqrt(squared_distance(rows.row(i), centroids.row(c), 70)));
      codes.each_vector(i, all, [&](std::size_t from, std::size_t count, FloatVector below) {
        for (std::size_t k = 0; k < count; ++k) single[from + k] = static_cast<double>(below[k]);
      });
      for (std::size_t c = 0; c < 50; ++c) {
        REQUIRE(single[c] <= exact[c]);
        CHECK(single[c] >= 0.9 * exact[c]);
        const double block = double{scale.step} * bounds[static_cast<std::size_t>(i * 64) + c];
        REQUIRE(block <= exact[c]);
        CHECK(block >= 0.9 * exact[c] - 1.01 * static_cast<double>(scale.step));
      }
    }
  }
}

TEST_CASE("marks list the open groups' members") {
  std::vector<std::uint8_t> bounds(128, 9), sunk(128, 0);
  bounds[3] = 1, bounds[64] = 5, bounds[127] = 0, sunk[70] = 7;
  CandidateBitmap marks;
  marks.resize(2, 128);
  CHECK(marks.mark(1, bounds.data(), sunk.data(), 6) == 4);
  Buffer<Label> members;
  marks.list(1, 1, 128, 64, members);
  CHECK(std::vector<Label>(members.begin(), members.end()) == std::vector<Label>{3, 70, 127});
  marks.list(1, 4, 14, -1, members);  // the groups of four of 14 centroids
  CHECK(std::vector<Label>(members.begin(), members.end()) == std::vector<Label>{12, 13});
}
