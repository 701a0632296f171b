#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/leiden_at.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("exactly C connected clusters, from as many as there are components") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const NeighborGraph graph = random_graph(2000, 5, 40, seed);
    Index components = 0;
    const std::vector<Label> whole(2000, 0);
    (void)connected_parts(graph, std::span<const Label>(whole), &components);
    for (const Index clusters : {components, Index{40}, Index{300}}) {
      const LeidenResult found = leiden_at(graph, clusters, {.seed = seed}, Cpu{});
      CHECK(clusters_in(found.labels) == clusters);
      CHECK(found.clusters == clusters);
      CHECK(all_connected(graph, found.labels));
      CHECK(found.modularity ==
            doctest::Approx(value_of(graph, found.labels, Modularity{found.resolution}) / graph.total)
                .epsilon(1e-12));
    }
  }
}

TEST_CASE("groups that the graph shows are found without a resolution") {
  const NeighborGraph graph = random_graph(1200, 10, 12, 4);
  const std::vector<Label> labels = leiden_at(graph, 12, {}, Cpu{}).labels;
  Index right = 0;
  for (std::size_t i = 12; i < labels.size(); ++i) right += labels[i] == labels[i % 12];
  CHECK(clusters_in({labels.begin(), labels.begin() + 12}) == 12);
  CHECK(right > 1150);
}

TEST_CASE("the same bits for 1, 2 and 7 threads") {
  const NeighborGraph graph = random_graph(6000, 6, 30, 5);
  const LeidenResult one = leiden_at(graph, 37, {.seed = 3}, Cpu({.threads = 1}));
  for (const int threads : {2, 7})
    CHECK(leiden_at(graph, 37, {.seed = 3}, Cpu({.threads = threads})).labels == one.labels);
}

TEST_CASE("one node, several components, isolated nodes: exactly C from 1 to n") {
  const Cpu cpu;
  CHECK(leiden_at(graph_of(1, {}), 1, {}, cpu).labels == std::vector<Label>{0});
  const NeighborGraph loose = graph_of(7, {{0, 1}, {2, 3}, {3, 4}, {2, 4}});
  for (Index clusters = 1; clusters <= 7; ++clusters)
    CHECK(clusters_in(leiden_at(loose, clusters, {}, cpu).labels) == clusters);
  const NeighborGraph graph = random_graph(60, 4, 4, 7);
  for (const Index clusters : {1, 2, 8, 15, 30, 45, 59, 60})
    CHECK(clusters_in(leiden_at(graph, clusters, {}, cpu).labels) == clusters);
}

TEST_CASE("what can't be done is refused, and a hook can stop it") {
  const NeighborGraph graph = random_graph(50, 4, 4, 8);
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "clusters (0)", [&] { (void)leiden_at(graph, 0, {}, cpu); });
  test::refused(Errc::invalid_argument, "clusters (51)", [&] { (void)leiden_at(graph, 51, {}, cpu); });
  test::refused(Errc::invalid_argument, "runs (0)", [&] { (void)leiden_at(graph, 5, {}, cpu, 0); });
  test::refused(Errc::stopped, "leiden_at",
                [&] { (void)leiden_at(graph, 45, {}, cpu, 10, [](const Progress&) { return false; }); });
}
