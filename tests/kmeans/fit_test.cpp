#include "kmeans/support.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

std::vector<Index> sizes_of(const KMeansResult& result) {
  std::vector<Index> sizes(static_cast<std::size_t>(result.centroids.rows()), 0);
  for (const Label label : result.labels) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

}  // namespace

TEST_CASE("size bounds hold exactly, down to equal sizes, and cost objective") {
  const auto rows = blobs(600, 8, 12, 0.4f, 31);
  const auto free = fit(KMeans<Euclidean>{.clusters = 20}, Rows(rows), Cpu{});
  double before = free.objective * 0.999;
  for (const Capacity bounds : {Capacity{0, 600}, Capacity{10, 60}, Capacity{25, 35}, Capacity{30, 30}}) {
    const KMeans<Euclidean, Capacity> settings{.clusters = 20, .balancing = bounds};
    const auto result = fit(settings, Rows(rows), Cpu(CpuSettings{.threads = 1}));
    for (const Index size : sizes_of(result)) CHECK_UNARY(size >= bounds.lo && size <= bounds.hi);
    CHECK(result.objective >= before * 0.97);
    before = result.objective;
    for (const int threads : {2, 7})
      CHECK(result.labels == fit(settings, Rows(rows), Cpu(CpuSettings{.threads = threads})).labels);
  }
  Matrix<float> same(60, 3, 1.f);
  for (const Index size :
       sizes_of(fit(KMeans<Euclidean, Capacity>{.clusters = 6, .balancing = {10, 10}}, Rows(same), Cpu{})))
    CHECK(size == 10);
  CHECK_THROWS_AS(fit(KMeans<Euclidean, Capacity>{.clusters = 20, .balancing = {31, 40}}, Rows(rows), Cpu{}),
                  error);
  CHECK_THROWS_AS(fit(KMeans<Euclidean, Capacity>{.clusters = 20, .balancing = {0, 29}}, Rows(rows), Cpu{}),
                  error);
  CHECK_THROWS_AS(fit(KMeans<Euclidean, Capacity>{.clusters = 20, .balancing = {5, 4}}, Rows(rows), Cpu{}),
                  error);
}

TEST_CASE("bounded k-means keeps to the memory budget, and its rounds never cost more than the one before") {
  const auto rows = blobs(3000, 8, 12, 0.4f, 35);
  const KMeans<Euclidean, Capacity> settings{.clusters = 30, .iterations = 10, .balancing = {60, 140}};
  CHECK_THROWS_AS(fit(settings, Rows(rows), Cpu(CpuSettings{.memory = 1 << 20})), error);
  CHECK(plan(settings, {3000, 8}, Cpu{})["balancing"] > std::size_t{1} << 20);
  const auto result = fit(settings, Rows(rows), Cpu{});
  std::size_t free = 10;  // iterations of the fit without bounds, at most
  for (std::size_t t = free + 1; t < result.history.size(); ++t)
    CHECK(result.history[t].objective <= result.history[t - 1].objective * (1 + 1e-6));
  CHECK(result.objective <= result.history.back().objective * (1 + 1e-6));
  CHECK_THROWS_AS(fit(settings, Rows(rows), Cpu{}, [](const Progress&) { return false; }), error);
}
