#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/aggregate.hpp>
#include <shoal/graph/merge_clusters.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("an aggregated graph holds the sums over pairs of clusters, to the bit") {
  const NeighborGraph graph = random_graph(200, 6, 4, 1);
  const std::vector<Label> labels = random_labels(200, 11, 1);
  const Matrix<double> fine = dense(graph);
  const AggregatedGraph coarse = aggregate(graph, std::span<const Label>(labels), 11, Cpu({.threads = 3}));
  Matrix<double> sums(11, 11, 0.);
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < 200; ++j)
      sums(labels[static_cast<std::size_t>(i)], labels[static_cast<std::size_t>(j)]) += fine(i, j);
  const Matrix<double> held = dense(coarse);
  for (Index c = 0; c < sums.size(); ++c) CHECK(held.data()[c] == sums.data()[c]);
  CHECK(coarse.total == graph.total);
  for (Index c = 0; c < 11; ++c)
    for (const auto& edge : coarse.row(c)) CHECK(edge.target != c);
}

TEST_CASE("a clustering of clusters is worth what it makes of the nodes; aggregating twice adds loops up") {
  const NeighborGraph graph = random_graph(150, 5, 3, 2);
  const std::vector<Label> labels = random_labels(150, 12, 2), upper = random_labels(12, 4, 3);
  const Cpu cpu;
  const AggregatedGraph coarse = aggregate(graph, std::span<const Label>(labels), 12, cpu);
  std::vector<Label> flat;
  for (const Label label : labels) flat.push_back(upper[static_cast<std::size_t>(label)]);
  CHECK(value_of(coarse, upper, Pmi{}) == doctest::Approx(value_of(graph, flat, Pmi{})).epsilon(1e-12));
  const Matrix<double> twice = dense(aggregate(coarse, std::span<const Label>(upper), 4, cpu));
  const Matrix<double> once = dense(aggregate(graph, std::span<const Label>(flat), 4, cpu));
  for (Index i = 0; i < once.size(); ++i) CHECK(once.data()[i] == twice.data()[i]);
}

TEST_CASE("aggregation has the same bits for 1, 2 and 7 threads, and takes empty graphs and empty clusters") {
  const NeighborGraph graph = random_graph(3000, 6, 20, 3);
  const std::vector<Label> labels = random_labels(3000, 900, 3);
  const AggregatedGraph one = aggregate(graph, std::span<const Label>(labels), 901, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    const AggregatedGraph other =
        aggregate(graph, std::span<const Label>(labels), 901, Cpu({.threads = threads}));
    CHECK(other.offsets == one.offsets);
    CHECK(other.loops == one.loops);
    CHECK(std::ranges::equal(one.edges, other.edges, [](const auto& a, const auto& b) {
      return a.target == b.target && a.weight == b.weight;
    }));
  }
  CHECK(one.row(900).empty());
  CHECK(aggregate(NeighborGraph{}, std::span<const Label>(), 0, Cpu{}).nodes() == 0);
}
