#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/connected_parts.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("connected parts are the components within clusters") {
  const NeighborGraph graph = graph_of(6, {{0, 1}, {1, 2}, {3, 4}});
  Index count = 0;
  const std::vector<Label> labels{0, 1, 0, 2, 2, 2};
  CHECK(connected_parts(graph, std::span<const Label>(labels), &count) ==
        std::vector<Label>{0, 1, 2, 3, 3, 4});
  CHECK(count == 5);
}

TEST_CASE("each part is connected, and no edge within a cluster joins two of them") {
  const NeighborGraph graph = random_graph(800, 2, 30, 3);
  const std::vector<Label> labels = random_labels(800, 9, 3);
  Index count = 0;
  const std::vector<Label> parts = connected_parts(graph, std::span<const Label>(labels), &count);
  CHECK(count == clusters_in(parts));
  CHECK(all_connected(graph, parts));
  for (Index i = 0; i < 800; ++i)
    for (const auto& edge : graph.row(i)) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(edge.target);
      CHECK((labels[a] == labels[b]) == (parts[a] == parts[b]));
    }
  CHECK(connected_parts(NeighborGraph{}, std::span<const Label>()).empty());
}
