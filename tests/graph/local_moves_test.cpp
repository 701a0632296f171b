#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/local_moves.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("totals that moves have kept up are those counted anew, to the bit; nodes wait only where needed") {
  const NeighborGraph graph = random_graph(4000, 6, 30, 1);
  std::vector<Label> labels = random_labels(4000, 30, 1);
  const Cpu cpu({.threads = 2});
  LocalMoves<float, Pmi> moves(graph, labels, 30, Pmi{}, ClusterCount::kept, cpu);
  Index visited = 4000;
  for (std::uint64_t t = 0; t < 300; ++t) {
    const Sweep sweep = moves.sweep(Philox(1, t));
    CHECK(sweep.visited <= visited);
    visited = t == 0 ? 4000 : visited;
    const ClusterTotals anew(graph, std::span<const Label>(labels), 30, cpu);
    CHECK(moves.totals().inside == anew.inside);
    CHECK(moves.totals().degree == anew.degree);
    CHECK(moves.totals().count == anew.count);
    CHECK(sweep.objective == doctest::Approx(anew.value(Pmi{})).epsilon(1e-12));
    if (sweep.moved == 0) {
      CHECK(moves.sweep(Philox(1, 99)).visited == 0);
      return;
    }
  }
  FAIL("moves never end");
}

TEST_CASE("clusters may run empty where their number is free, and a node may found a new one") {
  const NeighborGraph graph = graph_of(6, {{0, 1}, {0, 2}, {1, 2}, {3, 4}, {3, 5}, {4, 5}});
  std::vector<Label> labels{0, 1, 2, 3, 4, 5};
  const Cpu cpu;
  LocalMoves<float, Modularity> moves(graph, labels, 6, Modularity{}, ClusterCount::free, cpu);
  while (moves.sweep(Philox(2, 0)).moved > 0) {
  }
  CHECK(clusters_in(labels) == 2);
  std::vector<Label> whole(6, 0);
  LocalMoves<float, Modularity> apart(graph, whole, 2, Modularity{.resolution = 8}, ClusterCount::free, cpu);
  CHECK(apart.sweep(Philox(2, 1)).moved > 0);
  CHECK(clusters_in(whole) == 2);
}

TEST_CASE("blocks of one node move as one by one, and larger ones reach almost the same objective") {
  const NeighborGraph graph = random_graph(3000, 8, 25, 3);
  const Cpu cpu;
  const auto reach = [&](Index block) {
    std::vector<Label> labels = random_labels(3000, 25, 3);
    LocalMoves<float, Pmi> moves(graph, labels, 25, Pmi{}, ClusterCount::kept, cpu, block);
    double objective = 0;
    for (std::uint64_t t = 0; t < 30; ++t) {
      moves.visit_all();
      objective = moves.sweep(Philox(4, t)).objective;
    }
    return objective;
  };
  CHECK(reach(LocalMoves<float, Pmi>::block_size(3000)) > 0.99 * reach(1));
}
