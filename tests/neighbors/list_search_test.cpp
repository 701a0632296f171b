#include "support.hpp"
#include "support/refused.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/list_search.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("a row finds the best of its lists, and says so where they hold too few") {
  const Matrix<float> x = random_rows(60, 4);
  Matrix<std::int32_t> probes(60, 1);
  for (Index i = 0; i < 60; ++i) probes(i, 0) = i < 3 ? 0 : 1;
  const NeighborSettings settings{.count = 5};
  const Hook hook;
  const Cpu cpu({.threads = 2});
  const SearchRows rows("test", x, Similarity::cosine, cpu);
  for (const Index held : {60, 57}) {
    Neighbors found = room_for_neighbors(60, settings);
    ReportingWorkers workers("test", cpu, hook);
    const auto short_of = ListSearch<FastestPanels>(rows, probes, 2, held, settings, workers).run(found);
    CHECK(std::set<Index>(short_of.begin(), short_of.end()) == std::set<Index>{0, 1, 2});
    for (Index i = 3; i < 60; ++i) {
      auto s = similarities(x, i, x, Similarity::cosine);
      std::fill_n(s.begin(), 3, -2.0);
      REQUIRE(right_neighbors(found.ids.view().span(i), s, i, 1e-6));
    }
  }
}

TEST_CASE(
    "a search asks the hook after each block of rows, in one part and in several, and ends where it stops") {
  const Index n = 10 * search_block_rows;
  const Matrix<float> x = random_rows(n, 4);
  const Matrix<std::int32_t> probes(n, 1, 0);
  const NeighborSettings settings{.count = 5};
  const Cpu one({.threads = 1});
  const SearchRows rows("test", x, Similarity::cosine, one);
  for (const Index parts : {1, 2}) {
    const Index total = 10 * parts + parts;
    std::vector<Progress> told;
    Index until = total;
    const Hook hook = [&](const Progress& now) {
      told.push_back(now);
      return now.done < until;
    };
    const auto search = [&] {
      Neighbors found = room_for_neighbors(n, settings);
      ReportingWorkers workers("test", one, hook);
      (void)ListSearch<FastestPanels>(rows, probes, 1, n / parts, settings, workers).run(found);
    };
    until = total + 1;
    search();
    std::set<Index> done;
    for (std::size_t k = 0; k < told.size(); ++k) {
      CHECK((told[k].phase == "neighbors" && told[k].total == total));
      CHECK((k == 0 || told[k].done >= told[k - 1].done));
      done.insert(told[k].done);
    }
    CHECK(std::ssize(done) == total + 1);  // each unit by itself
    CHECK(told.back().done == total);
    CHECK(std::ranges::count(told, total, &Progress::done) == 1);  // a view may end its line there
    for (until = 1; until < total; until += 4) {
      told.clear();
      CHECK(test::error_of(search).code() == Errc::stopped);
      CHECK(told.back().done == until);
    }
  }
}
