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

TEST_CASE("the largest cluster is split wherever it lies and however its rows lie") {
  struct Case {
    std::vector<float> rows, start;
  };
  // On a diagonal; around a centroid of 0; far away; along one axis.
  for (const Case& c : {Case{{0, 0, 2, 2}, {1, 1, 500, 500}}, Case{{-1, 1, 1, -1}, {0, 0, 500, 500}},
                        Case{{1e5f, 1e5f, 1e5f + 2, 1e5f + 2}, {1e5f + 1, 1e5f + 1, 2e5f, 2e5f}},
                        Case{{0, 3, 0, 5}, {0, 4, -90, 0}}})
    for (const bool two_more : {false, true}) {
      Matrix<float> rows(two_more ? 4 : 2, 2), start(2, 2);
      for (Index i = 0; i < rows.rows(); ++i) std::copy_n(c.rows.data() + i % 2 * 2, 2, rows.row(i));
      std::copy_n(c.start.data(), 4, start.data());
      const auto result =
          fit(KMeans<Euclidean>{.clusters = 2, .empty = EmptyRule::split_largest, .start = start}, Rows(rows),
              Cpu{});
      CHECK(sizes(result) == std::vector<Index>(2, rows.rows() / 2));
      CHECK(result.objective == 0);
      CHECK(result.empty == 0);
    }
}

TEST_CASE("many empty clusters are split off over the iterations, the heaviest first") {
  const auto rows = blobs(900, 6, 30, 0.02f, 45);
  Matrix<float> start(30, 6, 1000.f);
  Rows(rows).read(0, start.view().block(0, 1));
  for (Index c = 1; c < 30; ++c) start(c, 0) += static_cast<float>(c);
  const auto result = fit(
      KMeans<Euclidean>{.clusters = 30, .iterations = 40, .empty = EmptyRule::split_largest, .start = start},
      Rows(rows), Cpu{});
  CHECK(result.empty == 0);
  CHECK(result.history[0].empty == 29);
}
