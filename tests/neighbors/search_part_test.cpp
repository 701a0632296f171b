#include "support.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/search_part.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("a part holds its rows in blocks, which know their slots") {
  const Matrix<float> x = random_rows(700, 5);
  const Cpu cpu({.threads = 2});
  const SearchRows source("test", x, Similarity::inner_product, cpu);
  Matrix<float> z(700, 5);
  source.read(0, z);
  const SearchPart<FastestPanels> part(source, {0, 20, 650}, 288, cpu);
  CHECK(part.rows() == 650);
  REQUIRE(part.blocks() == 3);
  for (Index b = 0; b < 3; ++b) {
    CHECK(part.slot(b) == 20 + 288 * b);
    REQUIRE(part[b].rows() == (b < 2 ? 288 : 74));
    for (Index i = 0; i < part[b].rows(); ++i)
      CHECK(std::equal(part[b].row(i), part[b].row(i) + 5, z.row(part.slot(b) + i)));
  }
}

TEST_CASE("slots may hold rows in any order, in blocks cut anywhere") {
  const Matrix<float> x = random_rows(130, 4);
  const Cpu cpu({.threads = 1});
  const SearchRows source("test", x, Similarity::euclidean, cpu);
  Matrix<float> z(130, 4);
  source.read(0, z);
  std::vector<Index> row_of;
  for (Index slot = 0; slot < 130; ++slot) row_of.push_back(129 - slot);
  const SearchPart<Panels> part(source, 100, 30, {{0, 0, 7}, {1, 7, 23}}, row_of, cpu);
  CHECK(part.slot(1) == 107);
  CHECK(std::equal(part[1].row(0), part[1].row(0) + 4, z.row(129 - 107)));
}
