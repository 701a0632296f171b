#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/search.hpp>

using namespace shoal;
using namespace neighbors_test;

namespace {

/// A backend of a user, with a search of its own that finds the rows that come next.
class Elsewhere {
 public:
  [[nodiscard]] int threads() const { return 1; }
  [[nodiscard]] std::size_t memory() const { return 0; }
  template <class F> void each_task(Index tasks, F&& f) const {
    for (Index i = 0; i < tasks; ++i) f(i, 0);
  }
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    multiply(a, b, c, update);
  }
};

/// The same, without a search.
class Plain : public Elsewhere {};

}  // namespace

namespace shoal {

template <> class SearchOn<Elsewhere> {
 public:
  explicit SearchOn(const Elsewhere&) {}
  [[nodiscard]] MemoryPlan plan(const NeighborSettings&, const NeighborShape& shape) const {
    return MemoryPlan().add("neighbours", bytes_for(shape.rows, 4));
  }
  [[nodiscard]] Neighbors find(const NeighborQuery& query) const {
    Neighbors found = room_for_neighbors(query.queries.rows(), query.settings);
    for (Index i = 0; i < found.ids.rows(); ++i)
      for (Index k = 0; k < found.ids.cols(); ++k)
        found.ids(i, k) = static_cast<std::int32_t>((i + k + 1) % query.features.rows());
    return found;
  }
};

}  // namespace shoal

TEST_CASE("a backend's own search is taken, and checked as any: settings before it is asked") {
  static_assert(NeighborSearch<SearchOn<Elsewhere>>);
  const Matrix<float> x = random_rows(20, 3);
  CHECK(exact_neighbors(Rows(x), {.count = 2}, Elsewhere{}).ids(19, 1) == 1);
  CHECK(plan(NeighborSettings{}, {20, 3}, Elsewhere{})["neighbours"] == 80);
  CHECK_THROWS_AS((void)exact_neighbors(Rows(x), {.count = 20}, Elsewhere{}), error);
}

TEST_CASE("a backend without one runs the generic search") {
  const Matrix<float> x = random_rows(40, 3);
  CHECK(same_bits(exact_neighbors(Rows(x), {.count = 5}, Plain{}).ids,
                  exact_neighbors(Rows(x), {.count = 5}, Cpu({.threads = 1})).ids));
}
