#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/aggregate.hpp>
#include <shoal/graph/node_moves.hpp>

using namespace shoal;
using namespace graph_test;

namespace {
template <class Weight, class O>
NodeMove best(const WeightedGraph<Weight>& graph, Index i, const std::vector<Label>& labels, Index clusters,
              const O& objective, Label empty) {
  const ClusterTotals totals(graph, std::span<const Label>(labels), clusters, Cpu({.threads = 1}));
  std::vector<double> values;
  for (Index c = 0; c < clusters; ++c) values.push_back(totals.value(objective, c));
  return NodeMoves(clusters).best(graph, i, std::span<const Label>(labels), totals,
                                  std::span<const double>(values), objective, empty);
}
}  // namespace

TEST_CASE("gains are right on graphs with loops, and for moves into an empty cluster") {
  const NeighborGraph fine = random_graph(90, 4, 5, 2);
  const std::vector<Label> parts = random_labels(90, 25, 2), labels = random_labels(25, 4, 3);
  const AggregatedGraph graph = aggregate(fine, std::span<const Label>(parts), 25, Cpu{});
  const Modularity objective{.resolution = 3};
  const double before = value_of(graph, labels, objective);
  for (Index i = 0; i < 25; ++i) {
    const NodeMove move = best(graph, i, labels, 5, objective, 4);
    double most = 0;
    for (Label to = 0; to < 5; ++to) {
      std::vector<Label> after = labels;
      after[static_cast<std::size_t>(i)] = to;
      most = std::max(most, value_of(graph, after, objective) - before);
    }
    CHECK(std::abs(move.gain - most) <= 1e-12 * graph.total);
  }
}

TEST_CASE("of two clusters that gain the same, the one met first is taken, whatever it is called") {
  const NeighborGraph graph = graph_of(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});  // 2 is between two equal pairs
  CHECK(best(graph, 2, {0, 0, 1, 2, 2}, 3, Modularity{}, -1).to == 0);
  CHECK(best(graph, 2, {2, 2, 1, 0, 0}, 3, Modularity{}, -1).to == 2);
}

TEST_CASE("a node without edges stays") {
  const NeighborGraph graph = graph_of(3, {{0, 1}});
  const NodeMove move = best(graph, 2, {0, 0, 1}, 2, Pmi{}, -1);
  CHECK(move.to == move.from);
  CHECK(move.gain == 0);
}
