#include "support.hpp"
#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <limits>
#include <map>

#include <doctest/doctest.h>

#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/io/npy.hpp>

using namespace shoal;
using namespace graph_test;

namespace {

/// a_ij from the definition, rounding aside.
std::map<std::pair<Index, Index>, double> expected(const std::vector<const Neighbors*>& views,
                                                   bool weighted) {
  std::map<std::pair<Index, Index>, double> a;
  for (const Neighbors* view : views)
    for (Index i = 0; i < view->ids.rows(); ++i)
      for (Index k = 0; k < view->ids.cols(); ++k) {
        const Index j = view->ids(i, k);
        const double half = 0.5 * (weighted ? std::max(0.f, view->similarities(i, k)) : 1.f);
        if (j < 0 || j == i || half == 0) continue;
        a[{i, j}] += half;
        a[{j, i}] += half;
      }
  return a;
}

void same(const NeighborGraph& graph, const std::map<std::pair<Index, Index>, double>& a, double tolerance) {
  REQUIRE(graph.edges.size() == a.size());
  double total = 0;
  for (Index i = 0; i < graph.nodes(); ++i) {
    double degree = 0;
    Label before = -1;
    for (const auto& edge : graph.row(i)) {
      REQUIRE(edge.target > before);
      before = edge.target;
      const auto found = a.find({i, edge.target});
      REQUIRE(found != a.end());
      CHECK(std::abs(found->second - double{edge.weight}) <= tolerance);
      degree += edge.weight;
    }
    CHECK(graph.degree(i) == degree);
    total += degree;
  }
  CHECK(graph.total == total);
}

bool same_bits(const NeighborGraph& a, const NeighborGraph& b) {
  const auto equal = [](const Edge<float>& x, const Edge<float>& y) {
    return x.target == y.target && x.weight == y.weight;
  };
  return a.offsets == b.offsets && a.degrees == b.degrees && a.total == b.total &&
         std::ranges::equal(a.edges, b.edges, equal);
}

/// Runs tasks one after another, and changes one of the ids before its call number `before`.
struct Meddler {
  Matrix<std::int32_t>& ids;
  int before;
  std::int32_t to;
  mutable int calls = 0;

  [[nodiscard]] static int threads() { return 1; }
  [[nodiscard]] static std::size_t memory() { return 0; }
  template <class F> void each_task(Index tasks, F&& f) const {
    if (++calls == before) ids(7, 1) = to;
    for (Index task = 0; task < tasks; ++task) f(task, 0);
  }
};

}  // namespace

TEST_CASE("the graph is that of the definition, weighted or not, of one view or several") {
  const Neighbors a = random_neighbors(300, 8, 5, 1), b = random_neighbors(300, 3, 5, 2);
  const Cpu cpu({.threads = 3});
  same(neighbor_graph(a, cpu), expected({&a}, true), 16 * 0x1p-21);  // 20 bits, rounded up to 16 times
  same(neighbor_graph(NeighborView(a.ids), cpu), expected({&a}, false), 0);
  same(neighbor_graph({a, b}, cpu), expected({&a, &b}, true), 32 * 0x1p-21);
}

TEST_CASE("it is symmetric to the bit, and has the same bits for 1, 2 and 7 threads") {
  const Neighbors a = random_neighbors(5000, 7, 9, 3);
  const NeighborGraph one = neighbor_graph(a, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) CHECK(same_bits(one, neighbor_graph(a, Cpu({.threads = threads}))));
  const Neighbors few = random_neighbors(200, 9, 3, 4);
  const Matrix<double> dense_few = dense(neighbor_graph(few, Cpu{}));
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < i; ++j) CHECK(dense_few(i, j) == dense_few(j, i));
}

TEST_CASE("similarities of any size: weights keep 20 bits below the largest, and sums are exact") {
  Neighbors a = random_neighbors(100, 6, 3, 5);
  for (Index i = 0; i < a.similarities.size(); ++i) a.similarities.data()[i] *= 12345.f;
  const NeighborGraph graph = neighbor_graph(a, Cpu{});
  same(graph, expected({&a}, true), 12 * 16384 * 0x1p-21);
  double up = 0, down = 0;
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    up += graph.edges[e].weight;
    down += graph.edges[graph.edges.size() - 1 - e].weight;
  }
  CHECK(up == down);
  CHECK(up == graph.total);
}

TEST_CASE("no rows, one row, rows without neighbours, more neighbours than rows, and a row named twice") {
  const auto ids = [](Index n, Index m, std::vector<std::int32_t> values) {
    Matrix<std::int32_t> table(n, m);
    std::ranges::copy(values, table.data());
    return table;
  };
  const Cpu cpu;
  const Matrix<std::int32_t> none(0, 3);
  const NeighborGraph empty = neighbor_graph(NeighborView(none), cpu);
  CHECK(empty.nodes() == 0);
  CHECK(empty.total == 0);
  const Matrix<std::int32_t> one = ids(1, 2, {0, -1});
  CHECK(neighbor_graph(NeighborView(one), cpu).edges.empty());
  const Matrix<std::int32_t> isolated = ids(3, 1, {1, 0, -1});
  const NeighborGraph graph = neighbor_graph(NeighborView(isolated), cpu);
  CHECK(graph.degree(0) == 1);
  CHECK(graph.row(2).empty());
  const Matrix<std::int32_t> many = ids(2, 5, {1, 1, -1, -1, 0, 0, -1, -1, -1, -1});
  const NeighborGraph twice = neighbor_graph(NeighborView(many), cpu);
  REQUIRE(twice.row(0).size() == 1);
  CHECK(twice.row(0)[0].weight == 1.5f);
  CHECK(neighbor_graph(NeighborView(Matrix<std::int32_t>(4, 0).view()), cpu).nodes() == 4);
}

TEST_CASE("a mapped file of neighbours gives the same graph as the table in it") {
  const Scratch folder("neighbor-graph");
  const Neighbors a = random_neighbors(400, 6, 4, 6);
  npy::write(folder / "nn.npy", a.ids);
  const MappedNeighbors file(folder / "nn.npy");
  CHECK(same_bits(neighbor_graph(file, Cpu{}), neighbor_graph(NeighborView(a.ids), Cpu{})));
}

TEST_CASE("neighbours that change while they are read, as in a file, make no graph that leads astray") {
  for (const std::int32_t to : {-1, 3, 49, 50, std::numeric_limits<std::int32_t>::max()})
    for (int before = 1; before <= 5; ++before) {
      Neighbors a = random_neighbors(50, 4, 2, 7);
      a.ids(7, 1) = 20;
      const Meddler meddler{a.ids, before, to};
      try {
        const NeighborGraph graph = neighbor_graph(NeighborView(a.ids), meddler);
        for (const Edge<float>& edge : graph.edges) CHECK_UNARY(edge.target >= 0 && edge.target < 50);
        CHECK(before != 3);  // between counting the edges and placing them
      } catch (const error& e) {
        CHECK(e.code() == Errc::bad_data);
      }
    }
}

TEST_CASE("what is wrong is refused, and the budget is kept") {
  const Neighbors a = random_neighbors(50, 4, 2, 7), b = random_neighbors(49, 4, 2, 8);
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "49 rows", [&] { (void)neighbor_graph({a, b}, cpu); });
  test::refused(Errc::invalid_argument, "similarities",
                [&] { (void)neighbor_graph(NeighborView(a.ids, b.similarities), cpu); });
  Neighbors high = random_neighbors(50, 4, 2, 7);
  high.ids(7, 1) = 50;
  test::refused(Errc::bad_data, "neighbour 50 of row 7", [&] { (void)neighbor_graph(high, cpu); });
  Neighbors odd = random_neighbors(50, 4, 2, 7);
  odd.ids(3, 0) = 4;
  odd.similarities(3, 0) = std::numeric_limits<float>::quiet_NaN();
  test::refused(Errc::bad_data, "rows 3 and 4", [&] { (void)neighbor_graph(odd, cpu); });
  test::refused(Errc::invalid_argument, "at least one view",
                [&] { (void)neighbor_graph(std::span<const NeighborView>(), cpu); });
  const std::size_t bytes = plan_neighbor_graph(50, 4).total();
  CHECK(neighbor_graph(a, Cpu({.memory = bytes})).nodes() == 50);
  test::refused(Errc::too_large, "neighbor_graph",
                [&] { (void)neighbor_graph(a, Cpu({.memory = bytes - 1})); });
}
