#include "support.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/plan.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("the plan has room for the graph, in every stage that holds it") {
  const Index n = 2000, m = 12;
  const Cpu cpu({.threads = 2});
  const Matrix<float> rows = test::random_rows(n, 8, 1);
  const NeighborGraph graph = view_graph(rows, m, 1, cpu);
  const std::size_t edges = graph.edges.size() * sizeof(Edge<float>);
  const std::vector<RowShape> one{{n, 8}}, two{{n, 8}, {n, 4}};
  CHECK(plan_view_graph(one, m, cpu).total() >= edges + static_cast<std::size_t>(n * m) * 8);
  CHECK(plan_view_graph(two, m, cpu).total() > plan_view_graph(one, m, cpu).total());
  for (const CutStart start : {CutStart::ward, CutStart::merged, CutStart::leiden}) {
    const GraphCut<Pmi> cut{.clusters = 10, .start = start, .neighbors = m};
    CHECK(plan(cut, one, cpu).total() >= plan_view_graph(one, m, cpu).total());
    CHECK(plan(cut, two, cpu).total() > plan(cut, one, cpu).total());
  }
}

TEST_CASE("the stage that needs most decides: the graph of narrow rows, k-means of wide ones") {
  const Cpu cpu({.threads = 2});
  const GraphCut<Pmi> cut{.clusters = 10, .neighbors = 60};
  const std::vector<RowShape> narrow{{100'000, 8}};
  const MemoryPlan edges = plan(cut, narrow, cpu);
  CHECK(edges["both ends of every neighbour"] == 100'000u * 60 * 2 * sizeof(Edge<float>));
  CHECK(edges["graph"] == 0);
  const RowShape wide{200, 1 << 20};
  const GraphCut<Pmi> many{.clusters = 50, .neighbors = 5};
  const std::size_t centroids = plan(KMeans<>{.clusters = 200}, wide, cpu).total();
  CHECK(plan(many, std::vector<RowShape>{wide}, cpu).total() >= centroids);
}

TEST_CASE("the plan of moves has room for the finished graph and the state of the moves, beside its making") {
  const Index n = 2000, m = 12;
  const Cpu cpu({.threads = 2});
  const Matrix<float> rows = test::random_rows(n, 8, 1);
  const NeighborGraph graph = view_graph(rows, m, 1, cpu);
  const std::size_t edges = graph.edges.size() * sizeof(Edge<float>),
                    total = plan_refine(n, m, 10, 2).total();
  CHECK(total >= edges + static_cast<std::size_t>(n) * (2 * sizeof(Index) + 2 * sizeof(Label)));
  CHECK(total >= plan_neighbor_graph(n, m).total());
  CHECK(plan_refine(n, 0, 10, 2).total() >= plan_neighbor_graph(n, 0).total());
  CHECK(plan_refine(n, m, n, 2).total() > total);
}

TEST_CASE("Auto's plan is that of the cut it makes") {
  const Cpu cpu;
  const std::vector<RowShape> one{{3000, 8}}, two{{3000, 8}, {3000, 8}};
  CHECK(plan(Auto{.clusters = 40}, one, cpu).total() ==
        plan(GraphCut<Pmi>{.clusters = 40}, one, cpu).total());
  const GraphCut<Pmi> leiden{.clusters = 40, .start = CutStart::leiden, .neighbors = 30};
  CHECK(plan(Auto{.clusters = 40}, two, cpu).total() == plan(leiden, two, cpu).total());
}

TEST_CASE("no views, clusters out of range and sizes beyond 2^63 are refused") {
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "at least one view",
                [&] { (void)plan(Auto{.clusters = 1}, std::span<const RowShape>(), cpu); });
  test::refused(Errc::invalid_argument, "clusters (11)", [&] {
    (void)plan(Auto{.clusters = 11}, std::vector<RowShape>{{10, 3}}, cpu);
  });
  test::refused(Errc::too_large, "is beyond 2^63", [&] {
    (void)plan(GraphCut<Pmi>{.clusters = 1, .neighbors = Index{1} << 30},
               std::vector<RowShape>{{Index{1} << 30, 3}}, cpu);
  });
}
