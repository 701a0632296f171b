#include "kmeans/support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/cluster_sums.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE(
    "sums, weights and counts after many moves are those of the labels, the same bits for any threads") {
  const Index n = 500, d = 70, clusters = 9;
  const auto rows = blobs(n, d, 5, 1.f, 101);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  std::vector<float> weights(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 4) / 2;
  const auto run = [&](int threads) {
    const Cpu cpu(CpuSettings{.threads = threads});
    ClusterSums sums(clusters, grids_of(checked, weights, cpu));
    std::vector<Label> labels(static_cast<std::size_t>(n), -1);
    const Philox random(1, 2);
    for (std::uint64_t round = 0; round < 20; ++round) {
      Buffer<Move> moves;
      for (Index i = 0; i < n; ++i) {
        const auto to =
            static_cast<Label>(random.below(clusters - 1, round * 1000 + static_cast<std::uint64_t>(i)));
        if (to == labels[static_cast<std::size_t>(i)]) continue;
        moves.push_back({i, labels[static_cast<std::size_t>(i)], to});
        labels[static_cast<std::size_t>(i)] = to;
      }
      sums.apply(moves, checked, weights, cpu);
    }
    return std::pair(sums, labels);
  };
  const auto [sums, labels] = run(1);
  const auto [many, same] = run(7);
  for (Index c = 0; c < clusters; ++c) {
    std::vector<double> expected(static_cast<std::size_t>(d), 0);
    double weight = 0;
    Index count = 0;
    for (Index i = 0; i < n; ++i)
      if (labels[static_cast<std::size_t>(i)] == c) {
        const double w = double{weights[static_cast<std::size_t>(i)]};
        for (Index j = 0; j < d; ++j) expected[static_cast<std::size_t>(j)] += w * double{rows(i, j)};
        weight += w;
        ++count;
      }
    CHECK(sums.count(c) == count);
    CHECK(sums.weight(c) == doctest::Approx(weight));
    for (Index j = 0; j < d; ++j) {
      CHECK(sums.sum(c, j) == doctest::Approx(expected[static_cast<std::size_t>(j)]).epsilon(1e-9));
      CHECK(sums.sum(c, j) == many.sum(c, j));
    }
  }
  std::vector<float> mean(static_cast<std::size_t>(d), 7.f);
  CHECK_FALSE(sums.centroid(clusters - 1, Frame{}, mean.data()));  // no row went there
  CHECK(mean[0] == 7.f);
  CHECK(sums.centroid(0, Frame{.unit = true}, mean.data()));
  CHECK(squared_norm(mean.data(), d) == doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("the spread completes the objective, and a cluster that is taken out leaves the others") {
  const Index n = 200, d = 6, clusters = 5;
  const auto rows = blobs(n, d, 5, 0.5f, 102), centroids = blobs(clusters, d, 5, 0.5f, 103);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  const Cpu cpu(CpuSettings{.threads = 2});
  ClusterSums sums(clusters, grids_of(checked, std::span<const float>(), cpu));
  Buffer<Move> moves;
  double direct = 0, squares = 0;
  for (Index i = 0; i < n; ++i) {
    moves.push_back({i, -1, static_cast<Label>(i % clusters)});
    direct += squared_distance(rows.row(i), centroids.row(i % clusters), d);
    squares += squared_norm(rows.row(i), d);
  }
  sums.apply(moves, checked, {}, cpu);
  CHECK(squares + sums.spread(centroids, cpu) == doctest::Approx(direct).epsilon(1e-10));
  const double held = sums.sum(4, 2);
  sums.keep_only(std::vector<Label>{0, -1, 1, 2, 3}, 4);
  CHECK(sums.clusters() == 4);
  CHECK(sums.sum(3, 2) == held);
  CHECK(sums.count(3) == 40);
}

TEST_CASE("sums depend on the labels alone: not on the moves that led to them, nor on their order") {
  const Index n = 400, d = 9, clusters = 6;
  const auto rows = blobs(n, d, 5, 3.f, 104);
  const Rows source(rows);
  const CheckedRows checked(source, false, "test");
  std::vector<float> weights(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.1f + static_cast<float>(i % 7);
  const Cpu cpu(CpuSettings{.threads = 2});
  const SumGrids grids = grids_of(checked, weights, cpu);
  ClusterSums straight(clusters, grids), roundabout(clusters, grids);
  Buffer<Move> moves, in, out;
  for (Index i = 0; i < n; ++i) {
    moves.push_back({i, -1, static_cast<Label>(i % clusters)});
    in.push_back({n - 1 - i, -1, static_cast<Label>(i % 2)});
    out.push_back({n - 1 - i, static_cast<Label>(i % 2), static_cast<Label>((n - 1 - i) % clusters)});
  }
  straight.apply(moves, checked, weights, cpu);
  roundabout.apply(in, checked, weights, cpu);
  roundabout.apply(out, checked, weights, cpu);
  for (Index c = 0; c < clusters; ++c) {
    CHECK(straight.weight(c) == roundabout.weight(c));
    CHECK(straight.count(c) == roundabout.count(c));
    for (Index j = 0; j < d; ++j) CHECK(straight.sum(c, j) == roundabout.sum(c, j));
  }
  // A cluster that loses all its rows has no rounding left over.
  Buffer<Move> leave;
  for (Index i = 0; i < n; i += clusters) leave.push_back({i, 0, 1});
  straight.apply(leave, checked, weights, cpu);
  CHECK(straight.weight(0) == 0);
  for (Index j = 0; j < d; ++j) CHECK(straight.sum(0, j) == 0);
}
