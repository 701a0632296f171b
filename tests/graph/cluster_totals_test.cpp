#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/cluster_totals.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("totals are those of the dense matrix, for any number of threads") {
  const NeighborGraph graph = random_graph(300, 6, 4, 1);
  const std::vector<Label> labels = random_labels(300, 5, 1);
  const Matrix<double> a = dense(graph);
  for (const int threads : {1, 2, 7}) {
    const ClusterTotals totals(graph, std::span<const Label>(labels), 6, Cpu({.threads = threads}));
    for (Label c = 0; c < 6; ++c) {
      double inside = 0, degree = 0;
      for (Index i = 0; i < 300; ++i)
        for (Index j = 0; j < 300; ++j) {
          if (labels[static_cast<std::size_t>(i)] != c) continue;
          degree += a(i, j);
          if (labels[static_cast<std::size_t>(j)] == c) inside += a(i, j);
        }
      const auto k = static_cast<std::size_t>(c);
      CHECK(totals.inside[k] == inside);
      CHECK(totals.degree[k] == degree);
      CHECK(totals.count[k] == std::ranges::count(labels, c));
    }
    CHECK(totals.value(Pmi{}) == doctest::Approx(value_of(graph, labels, Pmi{})).epsilon(1e-12));
  }
  CHECK(graph_objective(graph, std::span<const Label>(labels), Modularity{}, Cpu{}) ==
        doctest::Approx(value_of(graph, labels, Modularity{})).epsilon(1e-12));
}

TEST_CASE("renumbering names clusters in the order in which they occur") {
  std::vector<Label> labels{4, 4, 1, 0, 1};
  CHECK(renumber(labels, 5) == 3);
  CHECK(labels == std::vector<Label>{0, 0, 1, 2, 1});
  std::vector<Label> none;
  CHECK(renumber(none, 0) == 0);
}

TEST_CASE("labels that do not fit a graph are refused") {
  const NeighborGraph graph = graph_of(3, {{0, 1}});
  const std::vector<Label> few{0, 1}, negative{0, -1, 0};
  const std::vector<Label> far{2'147'483'647, 5, 5};
  CHECK(checked_labels(graph, std::span<const Label>(far), "here").labels == std::vector<Label>{1, 0, 0});
  test::refused(Errc::invalid_argument, "labels (2)",
                [&] { (void)checked_labels(graph, std::span<const Label>(few), "here"); });
  test::refused(Errc::invalid_argument, "here: label -1 of node 1",
                [&] { (void)checked_labels(graph, std::span<const Label>(negative), "here"); });
}
