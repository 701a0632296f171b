#include "support/random_rows.hpp"

#include <doctest/doctest.h>

#include <shoal/neighbors/exact.hpp>

using namespace shoal;

TEST_CASE("the search over ranks, of one rank, finds what the search of one process finds") {
  Matrix<float> rows = test::random_rows(500, 8, 3);
  for (Index i = 0; i < 500; i += 5) std::copy_n(rows.row(1), 8, rows.row(i));  // more copies than neighbours
  for (const Similarity similarity : {Similarity::cosine, Similarity::inner_product, Similarity::euclidean})
    for (const bool self : {true, false}) {
      const NeighborSettings settings{.count = 12, .similarity = similarity, .keep_similarities = true};
      const Rows all(rows), some(rows.view().block(40, 30));
      const Cpu cpu(CpuSettings{.threads = 3});
      const Neighbors expected =
          self ? exact_neighbors(all, settings, cpu) : exact_neighbors(some, all, settings, cpu);
      const Hook none;
      const NeighborQuery query{self ? AnyRows(all) : AnyRows(some), all, self, settings, none};
      const Neighbors found = RingSearch<FastestPanels>(query, {}, cpu).run();
      REQUIRE(found.ids.rows() == expected.ids.rows());
      CHECK_UNARY(std::equal(found.ids.data(), found.ids.data() + found.ids.size(), expected.ids.data()));
      CHECK_UNARY(std::equal(found.similarities.data(), found.similarities.data() + found.similarities.size(),
                             expected.similarities.data()));
    }
}
