#include <map>

#include <doctest/doctest.h>

#include <shoal/kmeans/kmeans.hpp>

using namespace shoal;

TEST_CASE("k-means++ follows the D² distribution") {
  // Rows at 0, 1 and 3 on a line: given the first centre, the second is drawn by the squared distances.
  Matrix<float> rows(3, 1);
  rows(0, 0) = 0.f, rows(1, 0) = 1.f, rows(2, 0) = 3.f;
  std::map<std::pair<float, float>, int> seen;
  const Rows source(rows);
  const CheckedRows features(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 1});
  const Shard shard({}, 3, 1);
  constexpr int draws = 6000;
  for (int seed = 0; seed < draws; ++seed) {
    Matrix<float> centroids(2, 1);
    PlusPlus(features, shard, {}, static_cast<std::uint64_t>(seed), cpu).choose(centroids);
    ++seen[{centroids(0, 0), centroids(1, 0)}];
  }
  const auto share = [&](float a, float b) { return seen[{a, b}] / double{draws}; };
  CHECK(share(0, 3) == doctest::Approx(0.9 / 3).epsilon(0.08));
  CHECK(share(1, 3) == doctest::Approx(0.8 / 3).epsilon(0.08));
  CHECK(share(3, 0) == doctest::Approx(9.0 / 13 / 3).epsilon(0.08));
  CHECK(share(0, 1) == doctest::Approx(0.1 / 3).epsilon(0.25));
}

TEST_CASE("random seeds are drawn by weight, never a row without") {
  const std::vector<float> weights{1, 0, 3, 6};
  std::vector<double> first(4, 0), second(4, 0);
  constexpr int draws = 8000;
  for (int seed = 0; seed < draws; ++seed) {
    const auto rows = distinct_rows(Shard({}, 4, 1), weights, 2, Philox(static_cast<std::uint64_t>(seed), 9));
    CHECK(rows[0] != rows[1]);
    first[static_cast<std::size_t>(rows[0])] += 1.0 / draws;
    second[static_cast<std::size_t>(rows[1])] += 1.0 / draws;
  }
  CHECK(first[1] == 0);
  CHECK(second[1] == 0);
  CHECK(first[0] == doctest::Approx(0.1).epsilon(0.12));
  CHECK(first[2] == doctest::Approx(0.3).epsilon(0.06));
  CHECK(first[3] == doctest::Approx(0.6).epsilon(0.04));
  CHECK(second[0] == doctest::Approx(0.3 * 1 / 7 + 0.6 * 1 / 4).epsilon(0.08));
  // The fit honours them: of rows at 0, 1 and 1000 only the last two have weight.
  Matrix<float> rows(3, 1);
  rows(0, 0) = 0, rows(1, 0) = 1, rows(2, 0) = 1000;
  const std::vector<float> some{0, 1, 1};
  const auto result =
      fit(KMeans<Euclidean>{.clusters = 2, .seeding = Seeding::random, .weights = some}, Rows(rows), Cpu{});
  CHECK(result.objective == 0);
  CHECK(result.cluster_weights[static_cast<std::size_t>(result.labels[0])] == 1);
}
