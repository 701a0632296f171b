// The laws of a graph's objective.
#pragma once

#include <graph/support.hpp>

#include <doctest/doctest.h>

#include <shoal/graph/node_moves.hpp>

namespace shoal::laws {

/// What every model of GraphObjective must pass.
template <shoal::GraphObjective O> void graph_objective(const O& objective) {
  using namespace graph_test;
  for (const double total : {1., 1e6}) {
    CHECK(objective.value(0, 0, total) == 0);
    for (const double degree : {1e-6 * total, 0.5 * total, total})
      for (const double inside : {0., 1e-9 * degree, 0.5 * degree, degree})
        CHECK(std::isfinite(double(objective.value(inside, degree, total))));
  }
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const NeighborGraph graph = random_graph(40, 5, 4, seed);
    std::vector<Label> labels = random_labels(40, 6, seed);
    const double before = value_of(graph, labels, objective);
    const double rounding = 1e-12 * (std::abs(before) + graph.total);
    std::vector<Label> renamed = labels;  // F is the same whatever clusters are called
    for (Label& label : renamed) label = 5 - label;
    CHECK(value_of(graph, renamed, objective) == doctest::Approx(before).epsilon(1e-12));

    // The best move of each node is the best of all: its gain is F after it less F before it.
    const Cpu one({.threads = 1});
    const ClusterTotals totals(graph, std::span<const Label>(labels), 6, one);
    CHECK(totals.value(objective) == doctest::Approx(before).epsilon(1e-12));
    std::vector<double> values;
    for (Index c = 0; c < 6; ++c) values.push_back(totals.value(objective, c));
    NodeMoves moves(6);
    for (Index i = 0; i < 40; ++i) {
      const NodeMove move = moves.best(graph, i, std::span<const Label>(labels), totals,
                                       std::span<const double>(values), objective, -1);
      double most = 0;
      for (const auto& edge : graph.row(i)) {
        std::vector<Label> after = labels;
        after[static_cast<std::size_t>(i)] = labels[static_cast<std::size_t>(edge.target)];
        most = std::max(most, value_of(graph, after, objective) - before);
      }
      CHECK(std::abs(move.gain - most) <= rounding);
      std::vector<Label> after = labels;
      after[static_cast<std::size_t>(i)] = move.to;
      CHECK(std::abs(value_of(graph, after, objective) - before - move.gain) <= rounding);
    }
  }
}

}  // namespace shoal::laws
