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
  constexpr int draws = 6000;
  for (int seed = 0; seed < draws; ++seed) {
    Matrix<float> centroids(2, 1);
    PlusPlus(features, {}, static_cast<std::uint64_t>(seed), cpu).choose(centroids);
    ++seen[{centroids(0, 0), centroids(1, 0)}];
  }
  const auto share = [&](float a, float b) { return seen[{a, b}] / double{draws}; };
  CHECK(share(0, 3) == doctest::Approx(0.9 / 3).epsilon(0.08));
  CHECK(share(1, 3) == doctest::Approx(0.8 / 3).epsilon(0.08));
  CHECK(share(3, 0) == doctest::Approx(9.0 / 13 / 3).epsilon(0.08));
  CHECK(share(0, 1) == doctest::Approx(0.1 / 3).epsilon(0.25));
}
