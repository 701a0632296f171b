#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/double_search.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("the neighbours of some rows, by every pair in double; ties by id") {
  const Cpu cpu({.threads = 2});
  Matrix<float> x = random_rows(700, 5);
  std::copy_n(x.row(650), 5, x.row(10));
  std::copy_n(x.row(650), 5, x.row(20));
  for (const Similarity kind : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean}) {
    const SearchRows rows("test", x, kind, cpu);
    std::vector<Index> some;
    for (Index i = 0; i < 700; i += 2) some.push_back(i);
    Matrix<std::int32_t> ids(700, 6, -1);
    search_in_double(rows, rows, true, some, ids, cpu);
    for (Index i = 0; i < 700; ++i) {
      if (i % 2 == 1) {
        CHECK(ids(i, 0) == -1);
        continue;
      }
      REQUIRE(right_neighbors(ids.view().span(i), similarities(x, i, x, kind), i, 1e-12));
    }
    if (kind == Similarity::inner_product) continue;
    CHECK((ids(650, 0) == 10 && ids(650, 1) == 20));
    CHECK((ids(10, 0) == 20 && ids(10, 1) == 650));
  }
}
