#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/neighbor_query.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("rows that ask for each other are one set; queries are another on the same scale") {
  const Matrix<float> x = random_rows(40, 3), y = random_rows(20, 3);
  const NeighborSettings settings;
  const Cpu cpu({.threads = 1});
  const NeighborQuery own{x, x, true, settings, {}}, other{y, x, false, settings, {}};
  CHECK(!own.shape().queries);
  CHECK(other.shape().queries == 20);
  const PreparedQuery alone(own, cpu), both(other, cpu);
  CHECK(&alone.asking() == &alone.asked);
  CHECK(both.asking().rows() == 20);
  CHECK(both.asking().centred().scale() == both.asked.centred().scale());
}

TEST_CASE("a bad query is told from a bad row") {
  Matrix<float> x = random_rows(40, 3), y = random_rows(20, 3);
  const NeighborSettings settings;
  const Cpu cpu({.threads = 1});
  std::fill_n(y.row(4), 3, 0.f);
  test::refused(Errc::bad_data, "queries: row 4", [&] { PreparedQuery({y, x, false, settings, {}}, cpu); });
  std::fill_n(x.row(5), 3, 0.f);
  test::refused(Errc::bad_data, "exact_neighbors: row 5", [&] {
    PreparedQuery({y, x, false, settings, {}}, cpu);
  });
}
