#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/search_part.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("a part holds its rows in blocks, which know their slots") {
  const Matrix<float> x = random_rows(700, 5);
  const CheckedRows source = searchable(x, Similarity::inner_product, "test");
  const std::vector<float> centre(5, 0.f);
  const SearchPart<FastestPanels> part(source, {0, 20, 650}, 288, centre, Cpu({.threads = 2}));
  CHECK(part.rows() == 650);
  REQUIRE(part.blocks() == 3);
  for (Index b = 0; b < 3; ++b) {
    CHECK(part.slot(b) == 20 + 288 * b);
    REQUIRE(part[b].rows() == (b < 2 ? 288 : 74));
    for (Index i = 0; i < part[b].rows(); ++i)
      CHECK(std::equal(part[b].row(i), part[b].row(i) + 5, x.row(part.slot(b) + i)));
  }
}

TEST_CASE("blocks may be cut anywhere, and read in any order") {
  const Matrix<float> x = random_rows(30, 4);
  const std::vector<float> centre(4, 0.f);
  const SearchPart<Panels> part(100, 30, {{0, 0, 7}, {1, 7, 23}}, centre, Cpu({.threads = 1}),
                                [&](Block b, MatrixView<float> into) {
                                  for (Index i = 0; i < b.count; ++i)
                                    std::copy_n(x.row(29 - b.first - i), 4, into.row(i));
                                });
  CHECK(part.slot(1) == 107);
  CHECK(std::equal(part[1].row(0), part[1].row(0) + 4, x.row(22)));
}
