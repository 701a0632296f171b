#include "support.hpp"

#include <cmath>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/bounded.hpp>
#include <shoal/kmeans/hierarchical.hpp>
#include <shoal/kmeans/match.hpp>
#include <shoal/kmeans/merge_tree.hpp>
#include <shoal/kmeans/mini_batch.hpp>

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
  CHECK(plan_bounded(3000, 30) > std::size_t{1} << 20);
  const auto result = fit(settings, Rows(rows), Cpu{});
  std::size_t free = 10;  // iterations of the fit without bounds, at most
  for (std::size_t t = free + 1; t < result.history.size(); ++t)
    CHECK(result.history[t].objective <= result.history[t - 1].objective * (1 + 1e-6));
  CHECK(result.objective <= result.history.back().objective * (1 + 1e-6));
  CHECK_THROWS_AS(fit(settings, Rows(rows), Cpu{}, [](const Progress&) { return false; }), error);
}

TEST_CASE("mini-batch: centroids are the means of all rows given, and a good start stays good") {
  const auto rows = blobs(4000, 10, 10, 0.3f, 32);
  const auto full = fit(KMeans<Euclidean>{.clusters = 10, .seed = 1, .restarts = 3}, Rows(rows), Cpu{});
  const auto sample = fit(KMeans<Euclidean>{.clusters = 10, .seed = 1, .restarts = 3},
                          Rows(rows.view().block(0, 400)), Cpu{});
  MiniBatchKMeans<Euclidean> online(sample.centroids);
  Matrix<double> sums(10, 10, 0.0);
  for (Index first = 0; first < 4000; first += 500) {
    const auto labels = online.partial_fit(Rows(rows.view().block(first, 500)), Cpu{});
    for (Index i = 0; i < 500; ++i)
      for (Index j = 0; j < 10; ++j) sums(labels[static_cast<std::size_t>(i)], j) += rows(first + i, j);
  }
  Index seen = 0;
  for (Index c = 0; c < 10; ++c) {
    seen += online.count(c);
    for (Index j = 0; j < 10; ++j)
      CHECK(online.centroids()(c, j) ==
            doctest::Approx(sums(c, j) / static_cast<double>(online.count(c))).epsilon(1e-5));
  }
  CHECK(seen == 4000);
  const auto near = predict<Euclidean>(online.centroids(), Rows(rows), Cpu{});
  double objective = 0;
  for (Index i = 0; i < 4000; ++i) objective += near.distances(i, 0);
  CHECK(objective < full.objective * 1.05);
}

TEST_CASE("Ward's tree: cheapest pair first against brute force, cuts nest, and blobs come back") {
  const auto points = blobs(40, 5, 40, 0.f, 33);
  std::vector<double> weights(40);
  for (std::size_t i = 0; i < 40; ++i) weights[i] = 1.0 + static_cast<double>(i % 3);
  const MergeTree tree = merge_tree(points, weights);
  // Brute force: always merge the cheapest pair of those left.
  std::vector<std::vector<double>> mean;
  std::vector<double> weight = weights;
  for (Index i = 0; i < 40; ++i) mean.emplace_back(points.row(i), points.row(i) + 5);
  for (const Merge& merge : tree.merges) {
    double least = 1e300;
    std::size_t first = 0, second = 0;
    for (std::size_t a = 0; a < mean.size(); ++a)
      for (std::size_t b = a + 1; b < mean.size(); ++b) {
        double square = 0;
        for (std::size_t j = 0; j < 5; ++j) square += (mean[a][j] - mean[b][j]) * (mean[a][j] - mean[b][j]);
        const double cost = weight[a] * weight[b] / (weight[a] + weight[b]) * square;
        if (cost < least) least = cost, first = a, second = b;
      }
    CHECK(merge.cost == doctest::Approx(least).epsilon(1e-4));
    for (std::size_t j = 0; j < 5; ++j)
      mean[first][j] = (weight[first] * mean[first][j] + weight[second] * mean[second][j]) /
                       (weight[first] + weight[second]);
    weight[first] += weight[second];
    mean.erase(mean.begin() + static_cast<std::ptrdiff_t>(second));
    weight.erase(weight.begin() + static_cast<std::ptrdiff_t>(second));
  }
  for (Index count = 1; count <= 40; ++count) {
    const auto coarse = tree.cut(count), fine = tree.cut(std::min<Index>(40, count + 1));
    CHECK(std::set<Label>(coarse.begin(), coarse.end()).size() == static_cast<std::size_t>(count));
    std::map<Label, Label> parent;
    for (std::size_t i = 0; i < 40; ++i) CHECK(parent.emplace(fine[i], coarse[i]).first->second == coarse[i]);
  }
  CHECK_THROWS_AS((void)tree.cut(0), error);
  CHECK_THROWS_AS((void)tree.cut(41), error);
  CHECK(merge_tree(points.view().block(0, 1), std::vector<double>{1.0}).cut(1) == std::vector<Label>{0});
}

TEST_CASE("matched ids: a shuffled fit gets its names back, new and gone clusters are told") {
  const auto before = blobs(12, 6, 12, 1.f, 34);
  Matrix<float> after(13, 6);
  for (Index c = 0; c < 12; ++c)
    for (Index j = 0; j < 6; ++j) after((c * 5 + 3) % 12, j) = before(c, j) + 0.01f;
  for (Index j = 0; j < 6; ++j) after(12, j) = 50.f;
  const ClusterMatch match = match_clusters(before, after);
  std::vector<Label> earlier, now;
  for (Label c = 0; c < 12; ++c) {
    CHECK(match.renamed[static_cast<std::size_t>((c * 5 + 3) % 12)] == c);
    earlier.push_back(c);
    now.push_back((c * 5 + 3) % 12);
  }
  CHECK(match.renamed[12] == 12);
  CHECK(match.gone.empty());
  CHECK(churn(earlier, now, match) == 0);
  now[4] = 12;
  CHECK(churn(earlier, now, match) == doctest::Approx(1.0 / 12));
  CHECK(match_clusters(after, before).gone == std::vector<Label>{12});
}

TEST_CASE("hierarchical: all clusters made, near the objective of the flat fit") {
  const auto rows = blobs(3000, 16, 60, 0.4f, 35);
  const auto flat = fit(KMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu{});
  const auto deep =
      fit(HierarchicalKMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu(CpuSettings{.threads = 1}));
  CHECK(deep.centroids.rows() == 100);
  CHECK(deep.objective < flat.objective * 1.15);
  CHECK(
      deep.labels ==
      fit(HierarchicalKMeans<Euclidean>{.clusters = 100}, Rows(rows), Cpu(CpuSettings{.threads = 2})).labels);
  CHECK(fit(HierarchicalKMeans<>{.clusters = 1}, Rows(rows), Cpu{}).centroids.rows() == 1);
  CHECK_THROWS_AS(fit(HierarchicalKMeans<>{.clusters = 3001}, Rows(rows), Cpu{}), error);
}

TEST_CASE("AFK-MC² seeds are about as good as those of k-means++") {
  const auto rows = blobs(3000, 16, 80, 0.3f, 36);
  double chains = 0, exact = 0, random = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto once = [&](Seeding seeding) {
      return fit(KMeans<Euclidean>{.clusters = 80, .iterations = 1, .seed = seed, .seeding = seeding},
                 Rows(rows), Cpu{})
          .history[0]
          .objective;
    };
    chains += once(Seeding::afk_mc2);
    exact += once(Seeding::plus_plus);
    random += once(Seeding::random);
  }
  CHECK(chains < exact * 1.1);
  CHECK(chains < random);
  Matrix<float> same(50, 3, 1.f);
  CHECK(fit(KMeans<Euclidean>{.clusters = 5, .seeding = Seeding::afk_mc2}, Rows(same), Cpu{}).objective == 0);
}
