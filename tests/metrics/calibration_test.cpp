#include <limits>

#include <doctest/doctest.h>

#include <shoal/metrics/calibration.hpp>

using namespace shoal;

TEST_CASE("calibration: a case by hand, equal width") {
  // Bins (0, .5] and (.5, 1]: {.2 wrong, .5 right} and {.6 right, .9 right, 1 wrong}.
  const std::vector<float> confidence{0.5f, 0.9f, 0.25f, 0.625f, 1.f};
  const std::vector<std::uint8_t> right{1, 1, 0, 1, 0};
  const Calibration c = calibration(confidence, right, {.bins = 2});
  REQUIRE(c.bins.size() == 2);
  CHECK(c.bins[0].samples == 2);
  CHECK(c.bins[0].accuracy == doctest::Approx(0.5));
  CHECK(c.bins[0].confidence == doctest::Approx(0.375));
  CHECK(c.bins[1].samples == 3);
  const double high = (0.9 + 0.625 + 1) / 3 - 2. / 3;
  CHECK(c.expected_error == doctest::Approx(0.4 * 0.125 + 0.6 * high));
  CHECK(c.maximum_error == doctest::Approx(high));
  CHECK(c.accuracy == doctest::Approx(0.6));
  CHECK(c.confidence == doctest::Approx((0.5 + 0.9 + 0.25 + 0.625 + 1) / 5));
}

TEST_CASE(
    "calibration: equal mass takes equal numbers in order, and more bins than samples leave some empty") {
  const std::vector<float> confidence{0.1f, 0.9f, 0.2f, 0.8f};
  const std::vector<std::uint8_t> right{0, 1, 0, 1};
  const Calibration c = calibration(confidence, right, {.bins = 2, .binning = Binning::equal_mass});
  CHECK(c.bins[0].samples == 2);
  CHECK(c.bins[0].high == doctest::Approx(0.2));
  CHECK(c.expected_error == doctest::Approx(0.15));
  CHECK(calibration(confidence, right, {.bins = 9, .binning = Binning::equal_mass}).expected_error ==
        doctest::Approx((0.1 + 0.2 + 0.1 + 0.2) / 4));
}

TEST_CASE("calibration: bounds of bins belong to the bin below, 0 to the first") {
  for (const Index bins : {1, 3, 7, 10, 15, 49}) {
    std::vector<float> confidence{0.f};
    for (Index b = 1; b <= bins; ++b)
      confidence.push_back(static_cast<float>(static_cast<double>(b) / static_cast<double>(bins)));
    const std::vector<std::uint8_t> right(confidence.size(), 1);
    for (const ReliabilityBin& bin : calibration(confidence, right, {.bins = bins}).bins)
      if (bin.samples > 0) CHECK_UNARY(bin.confidence <= bin.high);
  }
}

TEST_CASE("confidence_histogram counts right and wrong apart") {
  const std::vector<float> confidence{0.1f, 0.9f, 0.2f, 0.8f};
  const std::vector<std::uint8_t> right{0, 1, 1, 1};
  const ConfidenceHistogram h = confidence_histogram(confidence, right, 2);
  CHECK(h.right == std::vector<Index>{1, 2});
  CHECK(h.wrong == std::vector<Index>{1, 0});
}

TEST_CASE("calibration: bad input") {
  const std::vector<std::uint8_t> right{1};
  const auto with = [&](float x) { return calibration(std::vector<float>{x}, right); };
  CHECK_THROWS_WITH_AS(with(1.5f), "calibration: confidence (1.5 at sample 0) must be in [0, 1]", error);
  CHECK_THROWS_AS(with(std::numeric_limits<float>::quiet_NaN()), error);
  CHECK_THROWS_AS(with(-0.1f), error);
  CHECK_THROWS_AS(calibration({}, {}), error);
  CHECK_THROWS_AS(calibration(std::vector<float>{0.5f, 0.5f}, right), error);
  CHECK_THROWS_AS(calibration(std::vector<float>{0.5f}, right, {.bins = 0}), error);
}
