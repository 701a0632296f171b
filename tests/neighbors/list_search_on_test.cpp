#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/list_search_on.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("the generic search through lists is the host's, which keeps to no plan of a device") {
  const Cpu cpu({.threads = 2});
  CHECK(!ListSearchOn<Cpu>::plan({}, {10, 2, {}}, 3, cpu));
  const Matrix<float> x = random_rows(90, 4, 3);
  const Rows source(x);
  const Hook none;
  ReportingWorkers workers("test", cpu, none);
  const NeighborSettings settings{.count = 7};
  const SearchRows rows("test", source, settings.similarity, workers);
  Matrix<std::int32_t> probes(90, 2);  // both lists, so that the neighbours are the exact ones
  for (std::int32_t i = 0; i < 90; ++i) probes(i, 0) = i % 2, probes(i, 1) = 1 - i % 2;
  Neighbors found = room_for_neighbors(90, settings);
  const auto short_of = ListSearchOn<Cpu>::find({rows, probes, 2, 90, settings, workers}, cpu, found);
  CHECK(short_of.empty());
  CHECK(same_bits(found.ids, exact_neighbors(source, settings, cpu).ids));
}
