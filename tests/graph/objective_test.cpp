#include <graph/support.hpp>

#include <doctest/doctest.h>

#include <shoal/graph/objective.hpp>

using namespace shoal;

namespace {
/// A user's own: weight inside, less a cost that grows as the cluster's share of the graph to a power.
struct Power {
  double exponent = 1.5;
  [[nodiscard]] double value(double inside, double degree, double total) const {
    return inside - total * std::pow(degree / total, exponent);
  }
};
static_assert(GraphObjective<Power>);
}  // namespace

TEST_CASE("every objective keeps the laws") {
  laws::obeys_graph_objective(Pmi{});
  laws::obeys_graph_objective(Modularity{});
  laws::obeys_graph_objective(Modularity{.resolution = 7});
  laws::obeys_graph_objective(Power{});
}

TEST_CASE("two triangles joined by an edge, by hand") {
  const NeighborGraph graph =
      graph_test::graph_of(6, {{0, 1}, {0, 2}, {1, 2}, {3, 4}, {3, 5}, {4, 5}, {2, 3}});
  const std::vector<Label> labels{0, 0, 0, 1, 1, 1};  // M = 14, W = 6 and D = 7 each
  CHECK(graph_test::value_of(graph, labels, Pmi{}) == doctest::Approx(2 * 6 * std::log(6 * 14 / 49.)));
  CHECK(graph_test::value_of(graph, labels, Modularity{}) / 14 == doctest::Approx(6 / 7. - 0.5));
  CHECK(graph_test::value_of(graph, labels, Modularity{2}) / 14 == doctest::Approx(6 / 7. - 1.));
}
