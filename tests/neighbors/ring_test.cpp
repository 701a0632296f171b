#include "support/random_rows.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/ring.hpp>

using namespace shoal;

TEST_CASE("one rank is visited by its own rows, once each, in pieces") {
  for (const Index n : {0, 5, 700}) {  // 700 rows of 6,000 columns are three pieces
    const Matrix<float> rows = test::random_rows(n, n == 700 ? 6000 : 3, 1);
    std::vector<int> seen(static_cast<std::size_t>(n), 0);
    int pieces = 0;
    each_visitor(Rows(rows), Shard({}, n, rows.cols()), Cpu{}, [&](const VisitingRows& guests) {
      ++pieces;
      for (Index i = 0; i < guests.rows.rows; ++i) {
        const Index id = guests.first + i;
        ++seen[static_cast<std::size_t>(id)];
        CHECK_UNARY(std::equal(guests.rows.row(i), guests.rows.row(i) + rows.cols(), rows.row(id)));
      }
    });
    CHECK(pieces == (n == 0 ? 0 : n == 5 ? 1 : 3));
    CHECK_UNARY(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
  }
}
