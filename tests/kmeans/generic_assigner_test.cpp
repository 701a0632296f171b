#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/mini_batch.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE_TEMPLATE("the generic path finds what the fused ones find", Geo, Euclidean, Cosine) {
  const auto rows = blobs(2500, 40, 30, 0.4f, 61);
  for (const Index clusters : {20, 90}) {
    KMeans<Geo> settings{.clusters = clusters, .iterations = 8, .seed = 2};
    const auto fused = fit(settings, Rows(rows), Cpu{});
    const auto generic = fit(settings, Rows(rows), EigenCpu(1));
    Index differ = 0;
    for (std::size_t i = 0; i < fused.labels.size(); ++i) differ += fused.labels[i] != generic.labels[i];
    CHECK(differ <= 2);  // rows as near to two centroids as rounding can tell
    CHECK(generic.objective == doctest::Approx(fused.objective).epsilon(1e-5));
    REQUIRE(generic.history.size() == fused.history.size());
    for (std::size_t t = 0; t < fused.history.size(); ++t) {
      CHECK(generic.history[t].objective == doctest::Approx(fused.history[t].objective).epsilon(1e-5));
      CHECK(generic.history[t].empty == fused.history[t].empty);
    }
    for (const int threads : {2, 7}) {
      const auto many = fit(settings, Rows(rows), EigenCpu(threads));
      CHECK(many.labels == generic.labels);
      CHECK(many.objective == generic.objective);
      CHECK(std::equal(many.centroids.data(), many.centroids.data() + many.centroids.size(),
                       generic.centroids.data()));
    }
    const auto near = predict<Geo>(fused.centroids, Rows(rows), EigenCpu(2), 3);
    const auto top = predict<Geo>(fused.centroids, Rows(rows), Cpu{}, 3);
    Index other = 0;
    for (Index i = 0; i < 2500; ++i)
      for (Index k = 0; k < 3; ++k) {
        other += near.labels(i, k) != top.labels(i, k);
        CHECK(near.distances(i, k) == doctest::Approx(top.distances(i, k)).epsilon(1e-4));
      }
    CHECK(other <= 6);
  }
}

TEST_CASE("size bounds, mini-batches and weights by the generic path") {
  const auto rows = blobs(900, 8, 12, 0.4f, 62);
  const KMeans<Euclidean, Capacity> bounded{.clusters = 15, .balancing = {40, 80}};
  const auto fused = fit(bounded, Rows(rows), Cpu{}), generic = fit(bounded, Rows(rows), EigenCpu(2));
  CHECK(generic.objective == doctest::Approx(fused.objective).epsilon(1e-3));
  std::vector<Index> sizes(15, 0);
  for (const Label label : generic.labels) ++sizes[static_cast<std::size_t>(label)];
  for (const Index size : sizes) CHECK_UNARY(size >= 40 && size <= 80);
  CHECK(generic.labels == fit(bounded, Rows(rows), EigenCpu(7)).labels);

  MiniBatchKMeans<Euclidean> by_tiles(fused.centroids), by_eigen(fused.centroids);
  std::vector<float> weights(300);
  for (std::size_t i = 0; i < 300; ++i) weights[i] = static_cast<float>(i % 3);
  for (Index first = 0; first < 900; first += 300) {
    const Rows batch(rows.view().block(first, 300));
    CHECK(by_tiles.partial_fit(batch, Cpu{}, weights) == by_eigen.partial_fit(batch, EigenCpu(2), weights));
  }
  for (Index i = 0; i < by_tiles.centroids().size(); ++i)
    CHECK(by_tiles.centroids().data()[i] == doctest::Approx(by_eigen.centroids().data()[i]));
}
