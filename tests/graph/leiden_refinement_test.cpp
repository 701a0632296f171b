#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/leiden_refinement.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("refined parts lie within their clusters and are connected") {
  const NeighborGraph graph = random_graph(1500, 5, 10, 4);
  const std::vector<Label> labels = random_labels(1500, 10, 4);
  const std::vector<Label> parts =
      refined_parts(graph, std::span<const Label>(labels), 10, 1, Philox(3, 0), Cpu{});
  CHECK(all_connected(graph, parts));
  CHECK(clusters_in(parts) < 1500);
  for (std::size_t i = 0; i < parts.size(); ++i)
    CHECK(labels[static_cast<std::size_t>(parts[i])] == labels[i]);
}

TEST_CASE("parts have the same bits for 1, 2 and 7 threads; no nodes, one node, nodes without edges") {
  const NeighborGraph graph = random_graph(3000, 5, 50, 5);
  const std::vector<Label> labels = random_labels(3000, 50, 5);
  const auto parts_by = [&](int threads) {
    return refined_parts(graph, std::span<const Label>(labels), 50, 2, Philox(3, 0),
                         Cpu({.threads = threads}));
  };
  const std::vector<Label> one = parts_by(1);
  CHECK(parts_by(2) == one);
  CHECK(parts_by(7) == one);
  CHECK(refined_parts(NeighborGraph{}, std::span<const Label>(), 0, 1, Philox(3, 0), Cpu{}).empty());
  const std::vector<Label> together(3, 0);
  CHECK(refined_parts(graph_of(3, {}), std::span<const Label>(together), 1, 1, Philox(3, 0), Cpu{}) ==
        std::vector<Label>{0, 1, 2});
}

TEST_CASE("a node that its cluster holds less than chance would stays a part of its own") {
  // Node 4 hangs by a thin edge on a clique of four; all are one cluster, at a resolution that won't have it.
  const NeighborGraph graph = graph_of(5, {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}, {0, 4, 0.0625f}});
  const std::vector<Label> together(5, 0);
  for (const std::uint64_t seed : {0u, 1u, 2u, 3u}) {
    const auto parts = refined_parts(graph, std::span<const Label>(together), 1, 1.2, Philox(seed, 0), Cpu{});
    CHECK(parts[4] == 4);
    CHECK(clusters_in(parts) <= 3);  // the clique in one part or two
  }
}
