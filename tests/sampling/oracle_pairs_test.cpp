#include "neighbors/support.hpp"

#include <doctest/doctest.h>

#include <shoal/laws/sampler.hpp>
#include <shoal/sampling/oracle_pairs.hpp>

using namespace shoal;
using namespace neighbors_test;

TEST_CASE("oracle pairs obey the laws of a sampler") {
  std::vector<Label> labels;
  for (Label i = 0; i < 50; ++i) labels.push_back(i % 7);
  laws::sampler_laws(OraclePairs(labels), random_rows(50, 3));
}

TEST_CASE(
    "a sample meets all others of its class about equally often; alone or of no class it meets itself") {
  const std::vector<Label> labels{2, 9, 2, -1, 2, 7, 2, -1, 2147483647};
  const OraclePairs sampler(labels);
  Matrix<int> met(9, 9, 0);
  for (Index epoch = 0; epoch < 900; ++epoch)
    for (Index i = 0; i < 9; ++i) ++met(i, sampler.partner_of(i, {.seed = 4, .epoch = epoch}));
  for (Index i = 0; i < 9; ++i)
    for (Index j = 0; j < 9; ++j) {
      const bool both = labels[static_cast<std::size_t>(i)] == 2 && labels[static_cast<std::size_t>(j)] == 2;
      if (both && i != j)
        CHECK((met(i, j) > 220 && met(i, j) < 380));  // 300 ± 14
      else
        CHECK(met(i, j) == (!both && i == j ? 900 : 0));
    }
}

TEST_CASE("no labels, one label") {
  CHECK_NOTHROW(OraclePairs(std::span<const Label>{}).validate(Matrix<float>(0, 3)));
  const std::vector<Label> one{5};
  CHECK(OraclePairs(one).partner_of(0, {}) == 0);
}
