#include "kmeans/support.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/laws/size_balancing.hpp>

using namespace shoal;
using kmeans_test::blobs;

namespace {

/// A rule of a user: a cluster costs more the larger it is.
struct Soft {
  static constexpr bool active = true;
  float strength = 1;

  void check(Index, Index) const {}
  [[nodiscard]] std::size_t bytes(Index n, Index) const { return static_cast<std::size_t>(n) * 4; }
  [[nodiscard]] std::vector<Label> assign(const PricedRows& rows, std::span<float> prices) const {
    std::vector<Label> labels = rows.cheapest(prices);
    for (int step = 0; step < 20; ++step) {
      std::vector<float> count(prices.size(), 0.f);
      for (const Label label : labels) ++count[static_cast<std::size_t>(label)];
      for (std::size_t c = 0; c < prices.size(); ++c)
        prices[c] += 0.1f * (strength * count[c] / static_cast<float>(rows.rows()) - prices[c]);
      labels = rows.cheapest(prices);
    }
    return labels;
  }
};
static_assert(SizeBalancing<Soft>);
static_assert(SizeBalancing<NoBalance>);

/// Half of the rows lie by the first of the centroids.
struct Uneven {
  Matrix<float> rows = blobs(600, 6, 12, 0.5f, 41), centroids = Matrix<float>(12, 6);
  Uneven() {
    Rows(rows).read(0, centroids);
    for (Index i = 12; i < 300; ++i)
      for (Index j = 0; j < 6; ++j) rows(i, j) = 0.2f * rows(i, j) + centroids(0, j);
  }
};

double deviation(const std::vector<Label>& labels, Index clusters) {
  std::vector<double> size(static_cast<std::size_t>(clusters), 0);
  for (const Label label : labels) ++size[static_cast<std::size_t>(label)];
  double square = 0;
  const double mean = static_cast<double>(labels.size()) / static_cast<double>(clusters);
  for (const double s : size) square += (s - mean) * (s - mean);
  return std::sqrt(square / static_cast<double>(clusters));
}

}  // namespace

TEST_CASE("every size balancing obeys the laws, on every backend") {
  const Uneven data;
  const auto obey = [&](const auto& rule) {
    laws::obeys_size_balancing(rule, data.rows, data.centroids, Cpu(CpuSettings{.threads = 2}));
    laws::obeys_size_balancing(rule, data.rows, data.centroids, EigenCpu(2));
  };
  obey(NoBalance{});
  obey(Soft{});
  obey(Soft{.strength = 0});
  for (const Capacity bounds :
       {Capacity{}, Capacity{20, 90}, Capacity{50, 50}, Capacity{0, 60}, Capacity{45, 600}})
    obey(bounds);
}

TEST_CASE("a rule of a user: the same fit, more even sizes, the same bits for any number of threads") {
  const Uneven data;
  for (const auto geometry : {0, 1}) {
    const auto run = [&]<class Geo>(Geo) {
      const KMeans<Geo, Soft> soft{.clusters = 12, .balancing = {.strength = 0.5}};
      const auto free = fit(KMeans<Geo>{.clusters = 12}, Rows(data.rows), Cpu{});
      const auto one = fit(soft, Rows(data.rows), Cpu(CpuSettings{.threads = 1}));
      CHECK(deviation(one.labels, 12) < deviation(free.labels, 12));
      CHECK(one.history.size() > free.history.size());
      CHECK(one.labels == fit(soft, Rows(data.rows), Cpu(CpuSettings{.threads = 7})).labels);
      const auto eigen = fit(soft, Rows(data.rows), EigenCpu(2));
      CHECK(eigen.objective == doctest::Approx(one.objective).epsilon(1e-3));
      CHECK(deviation(eigen.labels, 12) < deviation(free.labels, 12));
    };
    if (geometry == 0)
      run(Cosine{});
    else
      run(Euclidean{});
  }
  std::vector<float> weights(600, 1.f);
  CHECK_THROWS_AS(fit(KMeans<Cosine, Soft>{.clusters = 12, .weights = weights}, Rows(data.rows), Cpu{}),
                  error);
}
