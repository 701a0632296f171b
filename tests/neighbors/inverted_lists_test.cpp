#include "support.hpp"
#include "support/refused.hpp"

#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;
using namespace neighbors_test;

namespace {

/// Rows around `groups` random centres.
Matrix<float> grouped_rows(Index n, Index d, Index groups) {
  Matrix<float> x = random_rows(n, d, 1);
  const Matrix<float> centres = random_rows(groups, d, 2);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) x(i, k) = centres(i % groups, k) + 0.5f * x(i, k);
  return x;
}

}  // namespace

TEST_CASE("with all lists probed the neighbours are the exact ones, bit for bit") {
  const Matrix<float> x = grouped_rows(900, 20, 30);
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product}) {
    const NeighborSettings settings{.count = 15, .similarity = kind, .keep_similarities = true};
    const Neighbors exact = exact_neighbors(Rows(x), settings, Cpu{});
    for (const Index lists : {1, 25, 900}) {
      const Neighbors found =
          approximate_neighbors(Rows(x), settings, {.lists = lists, .probes = lists}, Cpu{});
      CHECK(same_bits(found.ids, exact.ids));
      CHECK(same_bits(found.similarities, exact.similarities));
    }
    CHECK(neighbor_recall(Rows(x), exact, kind, 50, Cpu{}) == 1.0);
  }
}

TEST_CASE("few probes find most neighbours of grouped rows, and the recall tells how many") {
  const Matrix<float> x = grouped_rows(3000, 24, 60);
  const NeighborSettings settings{.count = 20, .keep_similarities = true};
  const Neighbors exact = exact_neighbors(Rows(x), settings, Cpu{});
  const Neighbors found = approximate_neighbors(Rows(x), settings, {.lists = 60, .probes = 6}, Cpu{});
  Index right = 0;
  for (Index i = 0; i < 3000; ++i)
    for (Index k = 0; k < 20; ++k) {
      const auto* end = exact.ids.row(i) + 20;
      right += std::find(exact.ids.row(i), end, found.ids(i, k)) != end ? 1 : 0;
      REQUIRE(found.ids(i, k) != i);
      REQUIRE((k == 0 || found.similarities(i, k) <= found.similarities(i, k - 1)));
      REQUIRE(found.similarities(i, k) <= exact.similarities(i, k));
    }
  const double share = static_cast<double>(right) / 60000;
  CHECK(share > 0.9);
  CHECK(neighbor_recall(Rows(x), found, Similarity::cosine, 3000, Cpu{}) ==
        doctest::Approx(share).epsilon(1e-12));
}

TEST_CASE("the same bits for 1, 2 and 7 threads and for any memory budget") {
  const Matrix<float> x = grouped_rows(6000, 16, 40);
  const NeighborSettings settings{.count = 10, .keep_similarities = true};
  const ListSettings how{.lists = 40, .probes = 4, .seed = 3};
  const Neighbors one = approximate_neighbors(Rows(x), settings, how, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    const MemoryPlan whole = plan(settings, how, {6000, 16}, Cpu({.threads = threads}));
    CHECK(
        inverted_lists_impl::plan_lists(settings, how, {6000, 16}, Cpu({.threads = threads})).rows_at_once ==
        6000);
    for (const std::size_t memory : {std::size_t{0}, whole.total() - 100000, whole.total() - 300000}) {
      const Cpu cpu({.threads = threads, .memory = memory});
      CHECK((memory == 0 ||
             inverted_lists_impl::plan_lists(settings, how, {6000, 16}, cpu).rows_at_once < 6000));
      const Neighbors many = approximate_neighbors(Rows(x), settings, how, cpu);
      CHECK(same_bits(one.ids, many.ids));
      CHECK(same_bits(one.similarities, many.similarities));
    }
  }
}

TEST_CASE("rows whose lists hold too few are compared with all; duplicates and default settings") {
  const Matrix<float> x = grouped_rows(300, 12, 100);
  const NeighborSettings settings{.count = 20};
  const Neighbors found = approximate_neighbors(Rows(x), settings, {.lists = 100, .probes = 1}, Cpu{});
  for (Index i = 0; i < 300; ++i) {
    std::vector<std::int32_t> ids(found.ids.row(i), found.ids.row(i) + 20);
    std::sort(ids.begin(), ids.end());
    CHECK((ids.front() >= 0 && ids.back() < 300));
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
    CHECK(!std::binary_search(ids.begin(), ids.end(), static_cast<std::int32_t>(i)));
  }
  const Matrix<float> equal(100, 4, 1.f);
  const Neighbors same = approximate_neighbors(Rows(equal), {.count = 99}, {}, Cpu{});
  for (Index k = 0; k < 99; ++k) CHECK(same.ids(50, k) == (k < 50 ? k : k + 1));
}

TEST_CASE("bad settings and bad rows are refused") {
  const Matrix<float> x = random_rows(20, 4);
  const auto code = [](const Matrix<float>& rows, NeighborSettings settings, ListSettings how) {
    return test::error_of([&] { (void)approximate_neighbors(Rows(rows), settings, how, Cpu{}); }).code();
  };
  CHECK(code(x, {.count = 20}, {}) == Errc::invalid_argument);
  CHECK(code(x, {.count = 2}, {.lists = 21}) == Errc::invalid_argument);
  CHECK(code(x, {.count = 2}, {.probes = 0}) == Errc::invalid_argument);
  CHECK(code(x, {.count = 2}, {.iterations = 0}) == Errc::invalid_argument);
  Matrix<float> zero = x;
  for (Index k = 0; k < 4; ++k) zero(6, k) = 0;
  CHECK(code(zero, {.count = 2}, {}) == Errc::bad_data);
  Matrix<float> nan = x;
  nan(3, 3) = std::numeric_limits<float>::quiet_NaN();
  CHECK(code(nan, {.count = 2}, {}) == Errc::bad_data);
  CHECK_THROWS_AS(approximate_neighbors(Rows(x), {.count = 2}, {}, Cpu({.memory = 100})), error);
  CHECK_THROWS_AS(
      approximate_neighbors(Rows(x), {.count = 2}, {}, Cpu{}, [](const Progress&) { return false; }), error);
}

TEST_CASE("the hook is asked in each phase, on the caller's thread, and ends the search at the next block") {
  const Index n = 3000;
  const Matrix<float> x = grouped_rows(n, 8, 20);
  const NeighborSettings settings{.count = 5, .keep_similarities = true};
  const ListSettings how{.lists = 20, .probes = 2, .iterations = 2};
  for (const int threads : {1, 3}) {
    const Cpu cpu({.threads = threads});
    std::vector<std::string> phases;  // a report each
    std::size_t stop_at = 0;          // the number of the report that stops; 0: none
    bool elsewhere = false;
    const Hook hook = [&, caller = std::this_thread::get_id()](const Progress& now) {
      elsewhere = elsewhere || std::this_thread::get_id() != caller;
      phases.emplace_back(now.phase);
      return phases.size() != stop_at;
    };
    const auto search = [&] { return approximate_neighbors(Rows(x), settings, how, cpu, hook); };
    const Neighbors found = search();
    CHECK(same_bits(found.ids, approximate_neighbors(Rows(x), settings, how, cpu).ids));
    const auto searched = std::ranges::find(phases, "neighbors"),
               scored = std::ranges::find(phases, "similarities");
    REQUIRE(scored != phases.end());
    CHECK(searched < scored);
    CHECK((threads > 1 || scored - searched > 20));  // by one thread at least once a list
    CHECK((threads > 1 || phases.end() - scored >= n / similarity_block_rows));
    const auto last = phases.size();
    for (stop_at = static_cast<std::size_t>(searched - phases.begin()) + 1; threads == 1 && stop_at <= last;
         stop_at += 7) {
      phases.clear();
      CHECK(test::error_of([&] { (void)search(); }).code() == Errc::stopped);
      CHECK(phases.size() == stop_at);
    }
    CHECK(!elsewhere);
  }
}
