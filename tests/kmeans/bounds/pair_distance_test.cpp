#include "kmeans/support.hpp"

#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include <shoal/kmeans/bounds/pair_distance.hpp>
#include <shoal/kmeans/nearest.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("a pair's distance lies between its bounds, far from the origin too") {
  for (const float shift : {0.f, 100.f}) {
    auto rows = blobs(30, 37, 5, 1.f, 81), centroids = blobs(9, 37, 5, 1.f, 82);
    for (Index i = 0; i < rows.size(); ++i) rows.data()[i] += shift;
    for (Index i = 0; i < centroids.size(); ++i) centroids.data()[i] += shift;
    std::vector<Label> ids(9);
    std::iota(ids.begin(), ids.end(), 0);
    PairDistances pairs(37);
    pairs.set(Matrix<float>(centroids), ids);
    for (Index i = 0; i < 30; ++i) {
      const auto square = static_cast<float>(squared_norm(rows.row(i), 37));
      for (Label c = 0; c < 9; ++c) {
        const PairDistance pair = pairs.of(rows.row(i), square, c);
        const double exact = std::sqrt(squared_distance(rows.row(i), centroids.row(c), 37));
        CHECK(double{pair.lower} <= exact);
        CHECK(double{pair.upper} >= exact);
        if (shift == 0) CHECK(double{pair.upper - pair.lower} < 1e-3 * exact);
      }
    }
  }
}

TEST_CASE("comparisons of pairs are those of nearest(), and equal centroids go to the lower id") {
  auto rows = blobs(60, 21, 3, 1e-4f, 83), centroids = blobs(8, 21, 3, 1e-4f, 83);  // near-ties everywhere
  std::copy_n(centroids.row(2), 21, centroids.row(5));
  const std::vector<Label> ids{7, 6, 5, 4, 3, 2, 1, 0};  // where ties go: place 5 before place 2
  Matrix<float> ordered(8, 21);
  for (Index c = 0; c < 8; ++c)
    std::copy_n(centroids.row(c), 21, ordered.row(ids[static_cast<std::size_t>(c)]));
  PackedCentroids packed;
  packed.pack(ordered);
  NearestScratch scratch;
  PairDistances pairs(21);
  pairs.set(Matrix<float>(centroids), ids);
  for (Index i = 0; i < 60; ++i) {
    Label expected = -1, best = 0;
    float value = 0;
    nearest(rows.view().block(i, 1), packed, scratch, &expected, &value);
    const auto square = static_cast<float>(squared_norm(rows.row(i), 21));
    PairDistance held = pairs.of(rows.row(i), square, 0);
    for (Label c = 1; c < 8; ++c) {
      const PairDistance next = pairs.of(rows.row(i), square, c);
      if (!pairs.is_nearer(rows.row(i), square, c, next.value, best, held.value)) continue;
      best = c;
      held = next;
    }
    CHECK(ids[static_cast<std::size_t>(best)] == expected);
  }
}
