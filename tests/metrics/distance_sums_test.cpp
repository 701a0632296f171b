#include "metrics/distance_oracle.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/distance_sums.hpp>

using namespace shoal;

TEST_CASE("a block of distances is summed by cluster for its rows and for its columns, and added up") {
  const Philox random(3, 0);
  const Index n = 220;
  Matrix<float> x(n, 5);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = 3 + static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  Lists<Index> members;  // of sizes 1, 2, 3, …: runs of every length to some lanes
  for (Index k = 0, row = 0; row < n; ++k) {
    for (Index i = 0; i <= k && row < n; ++i, ++row) members.values.push_back((row * 37) % n);
    members.close();
  }
  const ClusterOrder order(std::move(members));
  const Cpu cpu({.threads = 1});
  const ClusterGroup left{0, 120, 0, 15}, right{105, 115, 14, order.clusters() - 14};
  REQUIRE(order.cluster(119) == 14);
  for (const Distance kind : {Distance::euclidean, Distance::cosine}) {
    const DistanceReader reader("test", x, kind, cpu);
    DistanceSums sums(reader, order);
    const Index first = 17, count = 83;  // neither begins nor ends with a cluster
    const Block b{0, 9, 61};
    sums.read_left(order.rows(first, count));
    Matrix<double> to_right(count, right.clusters, 0.), to_left(b.count, left.clusters, 0.);
    for (int times = 0; times < 2; ++times) sums.add(right, b, to_right, {to_left, &left, first});
    Matrix<double> alone(count, right.clusters, 0.);
    sums.add(right, b, alone);

    Matrix<double> want_right(count, right.clusters, 0.), want_left(b.count, left.clusters, 0.);
    for (Index i = 0; i < count; ++i)
      for (Index j = 0; j < b.count; ++j) {
        const Index at = right.first_row + b.first + j;
        const double d = distance_oracle(x, order.row(first + i), order.row(at), kind);
        want_right(i, order.cluster(at) - right.first_cluster) += d;
        want_left(j, order.cluster(first + i) - left.first_cluster) += d;
      }
    const double unit = kind == Distance::euclidean ? reader.scale() : reader.scale() * reader.scale();
    for (Index i = 0; i < want_right.size(); ++i) {
      CHECK(alone.data()[i] == doctest::Approx(unit * want_right.data()[i]).epsilon(1e-5));
      CHECK(to_right.data()[i] == 2 * alone.data()[i]);
    }
    for (Index i = 0; i < want_left.size(); ++i)
      CHECK(to_left.data()[i] == doctest::Approx(unit * 2 * want_left.data()[i]).epsilon(1e-5));
  }
}
