#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/weighted_graph.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("degrees and the total include loops, and are the sums of the rows for any number of threads") {
  AggregatedGraph graph;
  const Philox random(1, 0);
  const Index n = 10000;
  for (Index i = 0; i < n; ++i) {
    for (Index k = 0; k < i % 4; ++k)
      graph.edges.push_back(
          {static_cast<Label>(k),
           static_cast<double>(random.below(1024, static_cast<std::uint64_t>(4 * i + k))) / 64});
    graph.offsets.push_back(static_cast<Index>(graph.edges.size()));
    graph.loops.push_back(static_cast<double>(i % 3));
  }
  double total = 0;
  for (const auto& edge : graph.edges) total += edge.weight;
  for (const double loop : graph.loops) total += loop;
  for (const int threads : {1, 2, 7}) {
    sum_degrees(graph, Cpu({.threads = threads}));
    CHECK(graph.nodes() == n);
    CHECK(graph.total == total);
    double degree = graph.loop(7);
    for (const auto& edge : graph.row(7)) degree += edge.weight;
    CHECK(graph.degree(7) == degree);
  }
}

TEST_CASE("a graph without nodes, and one without loops") {
  const NeighborGraph none;
  CHECK(none.nodes() == 0);
  const NeighborGraph pair = graph_of(2, {{0, 1, 0.5f}});
  CHECK(pair.loop(1) == 0);
  CHECK(pair.degree(1) == 0.5);
  CHECK(pair.total == 1);
}
