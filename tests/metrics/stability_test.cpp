#include <doctest/doctest.h>

#include <shoal/metrics/stability.hpp>

using namespace shoal;

TEST_CASE("spread: mean and standard deviation over n − 1") {
  const std::vector<double> values{1, 2, 6};
  CHECK(spread(values).mean == doctest::Approx(3));
  CHECK(spread(values).deviation == doctest::Approx(std::sqrt((4. + 1 + 9) / 2)));
  CHECK(spread(std::vector<double>{5}).deviation == 0);
  CHECK_THROWS_AS((void)spread(std::vector<double>{}), error);
}

TEST_CASE("spread of scores over seeds, and agreement of clusterings") {
  const std::vector<Label> truth{0, 0, 1, 1}, same{5, 5, 2, 2}, other{0, 0, 0, 1};
  const std::vector<Quality> runs{evaluate(same, truth), evaluate(other, truth)};
  CHECK(spread(runs).acc.mean == doctest::Approx(0.875));
  CHECK(spread(runs).acc.count == 2);
  const std::vector<LabelView> clusterings{truth, same, other};
  const QualitySpread a = agreement(clusterings);
  CHECK(a.acc.count == 3);
  CHECK(a.acc.mean == doctest::Approx((1 + 0.75 + 0.75) / 3));
  CHECK_THROWS_AS((void)agreement(std::vector<LabelView>{truth}), error);
}
