#include <doctest/doctest.h>

#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>

using namespace shoal;

TEST_CASE("a capacity is refused where no assignment can meet it") {
  const auto meets = [](Capacity bounds, Index n, Index clusters) { bounds.check(n, clusters); };
  meets({}, 10, 4);
  meets({2, 3}, 10, 4);
  CHECK_THROWS_WITH_AS(meets({3, 4}, 10, 4),
                       "fit(KMeans with Capacity): clusters (4) of 3 to 4 rows cannot hold 10 rows", error);
  CHECK_THROWS_AS(meets({0, 2}, 10, 4), error);
  CHECK_THROWS_AS(meets({4, 3}, 12, 4), error);
  CHECK_THROWS_AS(meets({-1, 3}, 12, 4), error);
}

TEST_CASE("an assignment under a capacity is the cheapest one, and the prices prove it") {
  const Matrix<float> points = [] {
    Matrix<float> x(4, 1);
    x(0, 0) = 0, x(1, 0) = 1, x(2, 0) = 2, x(3, 0) = 10;
    return x;
  }();
  Matrix<float> centroids(2, 1);
  centroids(0, 0) = 0, centroids(1, 0) = 10;
  const Rows source(points);
  const CheckedRows rows(source, false, "test");
  const Cpu cpu({.threads = 2});
  const auto search = AssignerOn<Cpu>::search(centroids, cpu);
  const Shard shard({}, 4, 1);
  const PricedRows priced(rows, shard, 2, *search);
  std::vector<float> prices(2, 0.f);
  CHECK(Capacity{1, 3}.assign(priced, prices) == std::vector<Label>{0, 0, 0, 1});
  CHECK(prices[0] == prices[1]);
  CHECK(Capacity{2, 2}.assign(priced, prices) == std::vector<Label>{0, 0, 1, 1});
  // Row 2 costs 2 in the first cluster and 32 in the second, row 1 costs 0.5 and 40.5.
  CHECK(prices[0] - prices[1] >= 30);
  CHECK(prices[0] - prices[1] <= 40);
}

TEST_CASE("the memory of a capacity grows with the rows, and with the clusters up to 16") {
  const Capacity bounds{2, 3};
  CHECK(bounds.bytes(2000, 8) == 2 * bounds.bytes(1000, 8));
  CHECK(bounds.bytes(1000, 8) < bounds.bytes(1000, 16));
  CHECK(bounds.bytes(1000, 16) == bounds.bytes(1000, 1000));
}
