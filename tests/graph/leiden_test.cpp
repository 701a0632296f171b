#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/leiden.hpp>

using namespace shoal;
using namespace graph_test;

namespace {
/// The largest modularity of all partitions of a small graph (restricted growth strings).
double best_modularity(const NeighborGraph& graph, double resolution) {
  const auto n = static_cast<std::size_t>(graph.nodes());
  std::vector<Label> labels(n, 0);
  double best = -1e9;
  const auto visit = [&](auto&& self, std::size_t i, Label used) -> void {
    if (i == n) {
      best = std::max(best, value_of(graph, labels, Modularity{resolution}) / graph.total);
      return;
    }
    for (Label c = 0; c <= used; ++c) {
      labels[i] = c;
      self(self, i + 1, std::max(used, static_cast<Label>(c + 1)));
    }
  };
  visit(visit, 0, 0);
  return best;
}
}  // namespace

TEST_CASE("on small graphs the best of a few seeds is the best of all partitions") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
    const NeighborGraph graph = random_graph(9, 2, 3, seed);
    for (const double resolution : {0.5, 1., 2.}) {
      double best = -1e9;
      for (const std::uint64_t run : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u}) {
        const LeidenResult found =
            leiden(graph, {.resolution = resolution, .iterations = 10, .seed = run}, Cpu{});
        CHECK(found.modularity ==
              doctest::Approx(value_of(graph, found.labels, Modularity{resolution}) / graph.total)
                  .epsilon(1e-12));
        best = std::max(best, found.modularity);
      }
      CHECK(best == doctest::Approx(best_modularity(graph, resolution)).epsilon(1e-12));
    }
  }
}

TEST_CASE("two cliques and a bridge: one cluster each, whatever the order") {
  std::vector<Link> links{{4, 5}};
  for (Label i = 0; i < 5; ++i)
    for (Label j = 0; j < i; ++j) {
      links.push_back({j, i});
      links.push_back({static_cast<Label>(5 + j), static_cast<Label>(5 + i)});
    }
  const NeighborGraph graph = graph_of(10, links);
  for (const std::uint64_t seed : {0u, 1u, 2u})
    CHECK(leiden(graph, {.seed = seed}, Cpu{}).labels == std::vector<Label>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("every cluster is connected, at any resolution") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const NeighborGraph graph = random_graph(2000, 5, 40, seed);
    for (const double resolution : {0.2, 1., 8., 50.}) {
      const LeidenResult found = leiden(graph, {.resolution = resolution, .seed = seed}, Cpu{});
      CHECK(found.clusters == clusters_in(found.labels));
      CHECK(all_connected(graph, found.labels));
    }
  }
}

TEST_CASE("the same bits for 1, 2 and 7 threads") {
  const NeighborGraph graph = random_graph(6000, 6, 30, 5);
  const LeidenResult one = leiden(graph, {.seed = 3}, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    CHECK(leiden(graph, {.seed = 3}, Cpu({.threads = threads})).labels == one.labels);
  }
}

TEST_CASE("further iterations never lose, and begin from given labels") {
  const NeighborGraph graph = random_graph(1200, 4, 25, 6);
  double last = -1;
  std::vector<Label> labels;
  for (Index t = 0; t < 4; ++t) {
    const LeidenResult found =
        leiden(graph, {.iterations = 1, .seed = static_cast<std::uint64_t>(t)}, Cpu{}, labels);
    CHECK(found.modularity >= last - 1e-12);
    last = found.modularity;
    labels = found.labels;
  }
}

TEST_CASE("no nodes, one, isolated nodes, several components") {
  const Cpu cpu;
  CHECK(leiden(NeighborGraph{}, {}, cpu).labels.empty());
  CHECK(leiden(graph_of(1, {}), {}, cpu).labels == std::vector<Label>{0});
  const NeighborGraph loose = graph_of(7, {{0, 1}, {2, 3}, {3, 4}, {2, 4}});
  CHECK(leiden(loose, {}, cpu).labels == std::vector<Label>{0, 0, 1, 1, 1, 2, 3});
  CHECK(leiden(graph_of(3, {}), {}, cpu).clusters == 3);
}

TEST_CASE("what can't be done is refused, and a hook can stop it") {
  const NeighborGraph graph = random_graph(50, 4, 4, 8);
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "resolution", [&] { (void)leiden(graph, {.resolution = -1}, cpu); });
  test::refused(Errc::invalid_argument, "iterations", [&] { (void)leiden(graph, {.iterations = 0}, cpu); });
  const std::vector<Label> few(49, 0);
  test::refused(Errc::invalid_argument, "labels (49)", [&] { (void)leiden(graph, {}, cpu, few); });
  int calls = 0;
  const Hook stop = [&](const Progress&) { return ++calls < 1; };
  CHECK(leiden(graph, {.iterations = 9}, cpu, {}, stop).labels.size() == 50);
  CHECK(calls == 1);
}
