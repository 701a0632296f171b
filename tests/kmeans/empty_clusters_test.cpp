#include "kmeans/support.hpp"

#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

std::vector<Index> sizes(const KMeansResult& result) {
  std::vector<Index> all(static_cast<std::size_t>(result.centroids.rows()));
  for (const Label label : result.labels) ++all[static_cast<std::size_t>(label)];
  return all;
}

}  // namespace

TEST_CASE("duplicates: as many clusters as there are different rows, whatever is asked for") {
  Matrix<float> rows(90, 5, 1.f);
  for (Index i = 0; i < 90; ++i) rows(i, 0) = static_cast<float>(i % 3);
  for (const Seeding seeding : {Seeding::random, Seeding::plus_plus})
    for (const EmptyRule rule :
         {EmptyRule::farthest_row, EmptyRule::split_largest, EmptyRule::keep, EmptyRule::drop}) {
      const auto result = fit(KMeans<Euclidean>{.clusters = 8, .seed = 4, .seeding = seeding, .empty = rule},
                              Rows(rows), Cpu{});
      CHECK(std::set<Label>(result.labels.begin(), result.labels.end()).size() <= 3);
      CHECK(std::isfinite(result.objective));
      // split_largest leaves its pairs of centroids 1/1024 apart.
      if (seeding == Seeding::plus_plus)
        CHECK(result.objective <= (rule == EmptyRule::split_largest ? 1e-3 : 0));
      if (rule == EmptyRule::drop) CHECK(result.centroids.rows() <= 3);
    }
}

TEST_CASE("rules for empty clusters") {
  // Two groups and a start that leaves cluster 2 without rows.
  Matrix<float> rows(20, 2, 0.f), start(3, 2, 0.f);
  for (Index i = 0; i < 20; ++i) {
    rows(i, 0) = i < 10 ? 0.f : 10.f;
    rows(i, 1) = static_cast<float>(i % 10);
  }
  start(1, 0) = 10.f;
  start(2, 0) = -1000.f;
  const auto run = [&](EmptyRule rule) {
    return fit(KMeans<Euclidean>{.clusters = 3, .empty = rule, .start = start}, Rows(rows), Cpu{});
  };
  CHECK(run(EmptyRule::keep).centroids(2, 0) == -1000.f);
  CHECK(run(EmptyRule::keep).history.back().empty == 1);
  CHECK(run(EmptyRule::drop).centroids.rows() == 2);
  CHECK(run(EmptyRule::drop).objective == doctest::Approx(165));
  CHECK(run(EmptyRule::farthest_row).objective < 120);
  CHECK(run(EmptyRule::split_largest).objective < 120);
  for (const Index size : sizes(run(EmptyRule::farthest_row))) CHECK(size > 0);
  CHECK(run(EmptyRule::farthest_row).history.front().empty == 1);
}
