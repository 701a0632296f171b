#include "neighbors/support.hpp"

#include <doctest/doctest.h>

#include <shoal/laws/sampler.hpp>
#include <shoal/sampling/true_positive_pairs.hpp>

using namespace shoal;
using namespace neighbors_test;

namespace {
/// Six samples, three neighbours each.
const Matrix<std::int32_t>& near() {
  static const Matrix<std::int32_t> ids = [] {
    Matrix<std::int32_t> m(6, 3);
    const std::int32_t rows[6][3] = {{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {4, 5, 0}, {3, 5, 0}, {3, 4, 0}};
    for (Index i = 0; i < 6; ++i)
      for (Index j = 0; j < 3; ++j) m(i, j) = rows[i][j];
    return m;
  }();
  return ids;
}
const std::vector<Label> classes{7, 7, 0, 7, 1, -1};
}  // namespace

TEST_CASE("true-positive pairs obey the laws of a sampler") {
  laws::sampler_laws(TruePositivePairs(near().view(), classes), random_rows(6, 3));
  laws::sampler_laws(TruePositivePairs(near().view(), classes, 0.5), random_rows(6, 3));
}

TEST_CASE("a sample meets its true-positive neighbours equally often, and itself where there is none") {
  const TruePositivePairs sampler(near().view(), classes);
  Matrix<int> met(6, 6, 0);
  for (Index epoch = 0; epoch < 600; ++epoch)
    for (Index i = 0; i < 6; ++i) ++met(i, sampler.partner_of(i, {.seed = 3, .epoch = epoch}));
  for (const auto& [i, j] : {std::pair<Index, Index>{0, 1}, {0, 3}, {1, 0}, {1, 3}})
    CHECK((met(i, j) > 250 && met(i, j) < 350));  // 300 ± 12
  CHECK(met(3, 0) == 600);
  for (const Index alone : {2, 4, 5}) CHECK(met(alone, alone) == 600);
}

TEST_CASE("a share of true positives: the rest are drawn from all neighbours") {
  const TruePositivePairs half(near().view(), classes, 0.5), none(near().view(), classes, 0);
  const NearestPairs all(near().view());
  int wrong = 0;
  for (Index epoch = 0; epoch < 600; ++epoch) {
    wrong += half.partner_of(0, {.seed = 3, .epoch = epoch}) == 2;  // a third of half of the draws
    Matrix<float> x(1, 3), a(1, 3), b(1, 3);
    const std::vector<Index> ids{0};
    const Matrix<float> rows = random_rows(6, 3);
    none.pairs(rows, ids, {.seed = 3, .epoch = epoch}, x, a);
    all.pairs(rows, ids, {.seed = 3, .epoch = epoch}, x, b);
    CHECK(a(0, 0) == b(0, 0));
  }
  CHECK((wrong > 65 && wrong < 135));  // 100 ± 9
}

TEST_CASE("what does not fit is refused") {
  const Matrix<float> rows = random_rows(6, 3);
  const std::vector<Label> few(5);
  CHECK_THROWS_AS(TruePositivePairs(near().view(), few).validate(rows), error);
  CHECK_THROWS_AS(TruePositivePairs(near().view(), classes, 1.5), error);
  CHECK_THROWS_AS(TruePositivePairs(near().view(), classes).validate(random_rows(7, 3)), error);
}
