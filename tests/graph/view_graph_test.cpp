#include "support.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/view_graph.hpp>

using namespace shoal;
using namespace graph_test;

TEST_CASE("views' graphs are summed, and edges weigh their similarity to a power") {
  const Matrix<float> a = test::random_rows(200, 6, 1), b = test::random_rows(200, 9, 2);
  const Cpu cpu;
  const std::vector<BorrowedView<AnyRows>> both{a, b};
  const Matrix<double> sum = dense(view_graph(both, 7, 2, cpu)), of_a = dense(view_graph(a, 7, 2, cpu)),
                       of_b = dense(view_graph(b, 7, 2, cpu)), plain = dense(view_graph(a, 7, 1, cpu)),
                       even = dense(view_graph(a, 7, 0, cpu));
  for (Index i = 0; i < sum.size(); ++i) {
    CHECK(sum.data()[i] == doctest::Approx(of_a.data()[i] + of_b.data()[i]).epsilon(1e-5));
    const double ends = even.data()[i] > 0 ? even.data()[i] : 1;  // 0.5 of one end, 1 of both
    if (plain.data()[i] > 1e-3)
      CHECK(of_a.data()[i] == doctest::Approx(plain.data()[i] * plain.data()[i] / ends).epsilon(1e-3));
  }
}

TEST_CASE("a row alone has no neighbours, and what can't be a graph is refused") {
  const Cpu cpu;
  CHECK(view_graph(test::random_rows(1, 3, 1), 0, 1, cpu).edges.size() == 0);
  const Matrix<float> rows = test::random_rows(20, 4, 3), fewer = test::random_rows(19, 4, 3);
  test::refused(Errc::invalid_argument, "neighbors (20)", [&] { (void)view_graph(rows, 20, 1, cpu); });
  test::refused(Errc::invalid_argument, "power (-1)", [&] { (void)view_graph(rows, 3, -1, cpu); });
  const std::vector<BorrowedView<AnyRows>> views{rows, fewer};
  test::refused(Errc::invalid_argument, "19 rows", [&] { (void)view_graph(views, 3, 1, cpu); });
  test::refused(Errc::invalid_argument, "at least one view",
                [&] { (void)view_graph(std::span<const BorrowedView<AnyRows>>(), 3, 1, cpu); });
}

TEST_CASE("the number of neighbours follows from rows a cluster") {
  CHECK(default_neighbors(1000, 10) == 50);
  CHECK(default_neighbors(1000, 500) == 5);
  CHECK(default_neighbors(100000, 10) == 60);
  CHECK(default_neighbors(4, 2) == 3);
  CHECK(default_neighbors(1, 1) == 0);
}
