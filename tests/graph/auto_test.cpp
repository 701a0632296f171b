#include "support.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/auto.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("one view starts from k-means, several views from Leiden up to 100 clusters, and says so") {
  const Matrix<float> a = test::random_rows(300, 6, 1), b = test::random_rows(300, 4, 2);
  const std::vector<BorrowedView<AnyRows>> both{a, b};
  const Cpu cpu;
  const AutoResult one = fit(Auto{.clusters = 5}, a, cpu);
  CHECK(one.method == "k-means from a Ward start, then local moves of PMI on the neighbour graph");
  CHECK(one.cut.labels == fit(GraphCut<Pmi>{.clusters = 5}, a, cpu).labels);
  const AutoResult few = fit(Auto{.clusters = 5, .seed = 3}, both, cpu);
  CHECK(few.method == "Leiden on the views' summed neighbour graphs, then local moves of PMI on it");
  CHECK(few.cut.labels ==
        fit(GraphCut<Pmi>{.clusters = 5, .start = CutStart::leiden, .neighbors = 30, .seed = 3}, both, cpu)
            .labels);
  const AutoResult many = fit(Auto{.clusters = 101}, both, cpu);
  CHECK(many.method ==
        "k-means from a Ward start, then local moves of PMI on the views' summed neighbour graphs");
  CHECK(clusters_in(many.cut.labels) == 101);
}

TEST_CASE("no views, and clusters out of range, are refused") {
  const Matrix<float> rows = test::random_rows(10, 3, 1);
  test::refused(Errc::invalid_argument, "clusters (11)",
                [&] { (void)fit(Auto{.clusters = 11}, rows, Cpu{}); });
  test::refused(Errc::invalid_argument, "at least one view",
                [] { (void)fit(Auto{.clusters = 1}, std::span<const BorrowedView<AnyRows>>(), Cpu{}); });
}
