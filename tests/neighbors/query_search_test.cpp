#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("neighbours in another set may be of any count up to its size, itself included") {
  const Matrix<float> x = random_rows(70, 12), queries = random_rows(1, 12, 9);
  const Neighbors one = exact_neighbors(Rows(queries), Rows(x), {.count = 70}, Cpu{});
  CHECK(right_neighbors(one.ids.view().span(0), similarities(queries, 0, x, Similarity::cosine), -1, 1e-6));
  const Neighbors own = exact_neighbors(Rows(x), Rows(x), {.count = 1}, Cpu{});
  for (Index i = 0; i < 70; ++i) CHECK(own.ids(i, 0) == i);
}

TEST_CASE(
    "a row's neighbours in its own set are itself and its neighbours; the same bits, threads and budget") {
  const Matrix<float> x = random_rows(2000, 24);
  const Rows source(x);
  const Neighbors alone = exact_neighbors(source, {.count = 20, .keep_similarities = true}, Cpu{});
  const NeighborSettings settings{.count = 21, .keep_similarities = true};
  for (const int threads : {1, 2, 7}) {
    const std::size_t whole = plan(settings, {2000, 24, 2000}, Cpu({.threads = threads})).total();
    for (const std::size_t memory : {std::size_t{0}, whole - 100000}) {
      const Neighbors all =
          exact_neighbors(source, source, settings, Cpu({.threads = threads, .memory = memory}));
      for (Index i = 0; i < 2000; ++i) {
        REQUIRE(all.ids(i, 0) == i);
        REQUIRE(std::equal(alone.ids.row(i), alone.ids.row(i) + 20, all.ids.row(i) + 1));
        REQUIRE(std::equal(alone.similarities.row(i), alone.similarities.row(i) + 20,
                           all.similarities.row(i) + 1));
      }
    }
  }
}

TEST_CASE("no queries, other widths, too little memory, a hook that stops") {
  const Matrix<float> x = random_rows(10, 4);
  CHECK(exact_neighbors(Matrix<float>(0, 4), Rows(x), {.count = 2}, Cpu{}).ids.rows() == 0);
  CHECK_THROWS_AS(exact_neighbors(random_rows(3, 5), Rows(x), {.count = 2}, Cpu{}), error);
  CHECK_THROWS_AS(exact_neighbors(Rows(x), Rows(x), {.count = 11}, Cpu{}), error);
  CHECK_THROWS_AS(exact_neighbors(Rows(x), Rows(x), {.count = 2}, Cpu({.memory = 1})), error);
  CHECK_THROWS_AS(
      exact_neighbors(Rows(x), Rows(x), {.count = 2}, Cpu{}, [](const Progress&) { return false; }), error);
}
