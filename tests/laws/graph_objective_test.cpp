#include <doctest/doctest.h>

#include <shoal/laws/graph_objective.hpp>

using namespace shoal;

namespace {

/// Modularity, but for clusters without a row, or for those whose edges all stay inside.
struct Odd {
  bool empty = false, whole = false;

  [[nodiscard]] double value(double inside, double degree, double total) const {
    if (empty && degree == 0) return 1;
    return whole && inside == degree ? std::log(degree - inside) : Modularity{}.value(inside, degree, total);
  }
};

}  // namespace

TEST_CASE("a graph's objective that counts empty clusters, or that isn't finite, breaks the laws") {
  laws::obeys_graph_objective(Odd{});
  CHECK_THROWS_AS(laws::obeys_graph_objective(Odd{.empty = true}), error);
  CHECK_THROWS_AS(laws::obeys_graph_objective(Odd{.whole = true}), error);
}
