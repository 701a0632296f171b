#include "kmeans/support.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/nearest.hpp>

using namespace shoal;
using kmeans_test::blobs;
using kmeans_test::is_nearest;

TEST_CASE("nearest and nearest_few find what brute force finds, for shapes around whole tiles") {
  for (const Index clusters : {1, 31, 32, 33, 100})
    for (const Index d : {1, 5, 64}) {
      const Index n = std::min<Index>(pass_rows(d), 53);
      const auto rows = blobs(n, d, 7, 0.8f, 111), centroids = blobs(clusters, d, 7, 0.8f, 112);
      PackedCentroids packed;
      packed.pack(centroids);
      NearestScratch scratch;
      std::vector<Label> labels(static_cast<std::size_t>(n));
      std::vector<float> values(labels.size());
      nearest(rows, packed, scratch, labels.data(), values.data());
      const Index count = std::min<Index>(clusters, 4);
      Matrix<Label> few(n, count);
      Matrix<float> least(n, count);
      nearest_few(rows, packed, scratch, few, least);
      for (Index i = 0; i < n; ++i) {
        const Label own = labels[static_cast<std::size_t>(i)];
        CHECK_UNARY(is_nearest(rows.row(i), centroids, own));
        CHECK(few(i, 0) == own);
        CHECK(least(i, 0) == values[static_cast<std::size_t>(i)]);
        auto all = kmeans_test::distances(rows.row(i), centroids);
        std::sort(all.begin(), all.end());
        for (Index k = 0; k < count; ++k)
          CHECK(squared_distance(rows.row(i), centroids.row(few(i, k)), d) ==
                doctest::Approx(all[static_cast<std::size_t>(k)]).epsilon(1e-3));
      }
      double square = 0;
      for (Index i = 0; i < n; ++i)
        square += squared_distance(rows.row(i), centroids.row(labels[static_cast<std::size_t>(i)]), d);
      CHECK(rms_distance(rows, centroids) ==
            doctest::Approx(std::sqrt(square / static_cast<double>(n))).epsilon(1e-6));
    }
}

TEST_CASE("equal centroids go to the lowest index, by either search") {
  const auto rows = blobs(20, 3, 4, 1.f, 113);
  const Matrix<float> centroids(70, 3, 0.5f);
  PackedCentroids packed;
  packed.pack(centroids);
  NearestScratch scratch;
  std::vector<Label> labels(20);
  std::vector<float> values(20);
  nearest(rows, packed, scratch, labels.data(), values.data());
  Matrix<Label> few(20, 3);
  Matrix<float> least(20, 3);
  nearest_few(rows, packed, scratch, few, least);
  for (Index i = 0; i < 20; ++i) {
    CHECK(labels[static_cast<std::size_t>(i)] == 0);
    for (Label k = 0; k < 3; ++k) CHECK(few(i, k) == k);
  }
}
