#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/alignment.hpp>

using namespace shoal;

TEST_CASE("alignment and neighbour purity by hand") {
  // Directions at 0°, 90°, 0° (longer), 180°; labels a, a, a, b.
  Matrix<float> x(4, 2, 0.f);
  x(0, 0) = 1;
  x(1, 1) = 2;
  x(2, 0) = 5;
  x(3, 0) = -1;
  Matrix<std::int32_t> ids(4, 2);
  const std::int32_t neighbors[] = {2, 1, 0, 3, 0, 3, 1, 2};
  std::copy_n(neighbors, 8, ids.data());
  const std::vector<Label> labels{7, 7, 7, 9};
  const Alignment a = alignment(Rows(x), ids, labels);
  CHECK(a.pairs == 4);  // 0-2: 0, 0-1: 2, 1-0: 2, 2-0: 0
  CHECK(a.alignment == doctest::Approx(1.));
  CHECK(a.purity == doctest::Approx((1. + 0.5 + 0.5 + 0.) / 4));
  const Alignment without = alignment(Rows(x), ids, std::vector<Label>{7, -1, 7, 9}, Cpu{}, -1);
  CHECK(without.pairs == 2);
  CHECK(without.purity == doctest::Approx(1. / 3));
  CHECK(std::isnan(alignment(Rows(x), ids, std::vector<Label>{0, 1, 2, 3}).alignment));
}

TEST_CASE("alignment: bad input") {
  Matrix<float> x(2, 1, 1.f);
  Matrix<std::int32_t> ids(2, 1, 1);
  const std::vector<Label> labels{0, 0};
  CHECK(alignment(Rows(x), ids, labels).purity == 1.);
  CHECK_THROWS_AS((void)alignment(Rows(x), ids, std::vector<Label>{0}), error);
  ids(1, 0) = 2;
  CHECK_THROWS_WITH_AS((void)alignment(Rows(x), ids, labels), "alignment: ids (2 at row 1) must be in [0, 2)",
                       error);
  ids(1, 0) = 0;
  x(0, 0) = 0;
  CHECK_THROWS_WITH_AS((void)alignment(Rows(x), ids, labels),
                       "alignment: row 0 is zero, so it has no direction", error);
}
