#include "laws/search.hpp"
#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/generic_search.hpp>

using namespace shoal;
using namespace neighbors_test;

static_assert(std::derived_from<SearchOn<EigenCpu>, GenericSearch>);

TEST_CASE("the generic search obeys the laws, across several blocks") {
  laws::obeys_search([](int threads, std::size_t memory) { return EigenCpu(threads, memory); }, 2500, 37);
  laws::orders_ties_by_id(EigenCpu(2));
}

TEST_CASE("it finds what the prefiltered search finds") {
  const Matrix<float> x = random_rows(1500, 30, 4);
  const NeighborSettings settings{.count = 12, .keep_similarities = true};
  const Neighbors own = exact_neighbors(Rows(x), settings, EigenCpu(2)),
                  fast = exact_neighbors(Rows(x), settings, Cpu({.threads = 2}));
  CHECK(same_bits(own.ids, fast.ids));
  CHECK(same_bits(own.similarities, fast.similarities));
}

TEST_CASE("a budget too small for one block is refused before any work; the parts are named") {
  const NeighborSettings settings{.count = 5};
  const MemoryPlan whole = plan(settings, {5000, 64}, EigenCpu(1));
  CHECK(whole["rows"] == 5000 * 64 * 4);
  const MemoryPlan parts = plan(settings, {5000, 64}, EigenCpu(1, whole.total() - 1));
  CHECK(parts.total() < whole.total());
  CHECK(parts["rows"] == 1024 * 64 * 4);
  test::refused(Errc::too_large, "candidates", [&] { (void)plan(settings, {5000, 64}, EigenCpu(1, 1000)); });
}

TEST_CASE("a hook stops it, bad rows are named") {
  Matrix<float> x = random_rows(50, 4);
  test::refused(Errc::stopped, "exact_neighbors", [&] {
    (void)exact_neighbors(Rows(x), {.count = 3}, EigenCpu(1), [](const Progress&) { return false; });
  });
  std::fill_n(x.row(17), 4, 0.f);
  test::refused(Errc::bad_data, "row 17", [&] { (void)exact_neighbors(Rows(x), {.count = 3}, EigenCpu(1)); });
}
