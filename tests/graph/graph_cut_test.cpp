#include "support.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/graph_cut.hpp>

using namespace shoal;
using namespace graph_test;

namespace {

/// Rows around `groups` directions, row i around direction i mod groups.
Matrix<float> groups_of_rows(Index n, Index groups, float spread, std::uint64_t seed) {
  const Matrix<float> centre = test::random_rows(groups, 16, 99);
  Matrix<float> rows = test::random_rows(n, 16, seed);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < 16; ++j) rows(i, j) = centre(i % groups, j) + spread * rows(i, j);
  return rows;
}

/// Whether the labels are the groups, whatever they are called.
bool finds_groups(const std::vector<Label>& labels, Index groups) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != labels[i % static_cast<std::size_t>(groups)]) return false;
  return clusters_in(labels) == groups;
}

}  // namespace

TEST_CASE("clear groups are found from every start, with every objective, from rows, views and a graph") {
  const Index groups = 8;
  const Matrix<float> rows = groups_of_rows(400, groups, 0.3f, 1),
                      other = groups_of_rows(400, groups, 0.3f, 2);
  const Cpu cpu;
  const NeighborGraph graph =
      neighbor_graph(exact_neighbors(rows, {.count = 10, .keep_similarities = true}, cpu), cpu);
  for (const CutStart start : {CutStart::ward, CutStart::merged, CutStart::leiden}) {
    const GraphCut<Pmi> pmi{.clusters = groups, .start = start};
    CHECK(finds_groups(fit(pmi, rows, cpu).labels, groups));
    CHECK(finds_groups(fit(pmi, rows, graph, cpu).labels, groups));
    const std::vector<BorrowedView<AnyRows>> views{rows, other};
    const GraphCutResult both = fit(pmi, views, cpu);
    CHECK(finds_groups(both.labels, groups));
    CHECK(both.neighbors == 25);
    CHECK(finds_groups(fit(GraphCut<Modularity>{.clusters = groups, .start = start}, rows, cpu).labels,
                       groups));
  }
  const GraphCutResult alone = fit(GraphCut<Pmi>{.clusters = groups}, graph, cpu);
  CHECK(finds_groups(alone.labels, groups));
  CHECK(alone.objective ==
        doctest::Approx(value_of(graph, alone.labels, Pmi{}) / graph.total).epsilon(1e-12));
}

TEST_CASE("the objective never falls from the start's, and every cluster keeps a row") {
  const Matrix<float> rows = groups_of_rows(700, 12, 1.2f, 3);
  for (const CutStart start : {CutStart::ward, CutStart::merged, CutStart::leiden}) {
    const GraphCutResult cut = fit(GraphCut<Pmi>{.clusters = 15, .start = start, .seed = 4}, rows, Cpu{});
    CHECK(cut.objective >= cut.start_objective);
    CHECK(clusters_in(cut.labels) == 15);
    CHECK(clusters_in(cut.start) == 15);
    CHECK(cut.sweeps.size() >= 1);
  }
}

TEST_CASE("the same bits for 1, 2 and 7 threads") {
  const Matrix<float> rows = groups_of_rows(900, 10, 1.f, 5);
  for (const CutStart start : {CutStart::ward, CutStart::merged, CutStart::leiden}) {
    const GraphCut<Pmi> cut{.clusters = 10, .start = start, .seed = 6};
    const GraphCutResult one = fit(cut, rows, Cpu({.threads = 1}));
    for (const int threads : {2, 7}) {
      const GraphCutResult other = fit(cut, rows, Cpu({.threads = threads}));
      CHECK(other.labels == one.labels);
      CHECK(other.objective == one.objective);
    }
  }
}

TEST_CASE("one row, one cluster, as many clusters as rows, and duplicates") {
  const Cpu cpu;
  CHECK(fit(GraphCut<Pmi>{.clusters = 1}, test::random_rows(1, 4, 1), cpu).labels == std::vector<Label>{0});
  const Matrix<float> few = test::random_rows(9, 4, 2);
  CHECK(fit(GraphCut<Pmi>{.clusters = 1}, few, cpu).labels == std::vector<Label>(9, 0));
  for (const CutStart start : {CutStart::ward, CutStart::merged, CutStart::leiden})
    CHECK(clusters_in(fit(GraphCut<Pmi>{.clusters = 9, .start = start}, few, cpu).labels) == 9);
  const Matrix<float> equal(60, 4, 1.f);
  CHECK(fit(GraphCut<Pmi>{.clusters = 3}, equal, cpu).labels.size() == 60);
  for (const CutStart start : {CutStart::merged, CutStart::leiden})
    CHECK(clusters_in(fit(GraphCut<Pmi>{.clusters = 3, .start = start}, equal, cpu).labels) <= 3);
}

TEST_CASE("what can't be fitted is refused") {
  const Matrix<float> rows = test::random_rows(20, 4, 3), fewer = test::random_rows(19, 4, 3);
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "clusters (0)", [&] { (void)fit(GraphCut<Pmi>{}, rows, cpu); });
  test::refused(Errc::invalid_argument, "clusters (21)",
                [&] { (void)fit(GraphCut<Pmi>{.clusters = 21}, rows, cpu); });
  test::refused(Errc::invalid_argument, "neighbors (20)",
                [&] { (void)fit(GraphCut<Pmi>{.clusters = 2, .neighbors = 20}, rows, cpu); });
  test::refused(Errc::invalid_argument, "power (-1)",
                [&] { (void)fit(GraphCut<Pmi>{.clusters = 2, .power = -1}, rows, cpu); });
  test::refused(Errc::invalid_argument, "19 nodes", [&] {
    (void)fit(GraphCut<Pmi>{.clusters = 2}, rows,
              neighbor_graph(exact_neighbors(fewer, {.count = 3}, cpu), cpu), cpu);
  });
  const std::vector<BorrowedView<AnyRows>> views{rows, fewer};
  test::refused(Errc::invalid_argument, "19 rows",
                [&] { (void)fit(GraphCut<Pmi>{.clusters = 2}, views, cpu); });
  test::refused(Errc::invalid_argument, "at least one view", [&] {
    (void)fit(GraphCut<Pmi>{.clusters = 2}, std::span<const BorrowedView<AnyRows>>(), cpu);
  });
}
