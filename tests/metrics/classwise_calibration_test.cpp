#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/classwise_calibration.hpp>

using namespace shoal;

TEST_CASE("classwise_calibration by hand") {
  // Two bins. Class 0: {.25 right, .125 wrong} and {.75 right}; class 1 mirrors it, its lower bin holding .25
  // only.
  Matrix<float> p(3, 2);
  const float values[] = {0.25f, 0.75f, 0.125f, 0.875f, 0.75f, 0.25f};
  std::copy_n(values, 6, p.data());
  const ClasswiseCalibration c = classwise_calibration(Rows(p), std::vector<Label>{0, 1, 0}, 2);
  REQUIRE(c.error_of.size() == 2);
  CHECK(c.error_of[0] == doctest::Approx((0.625 + 0.25) / 3));
  CHECK(c.error_of[1] == doctest::Approx((0.25 + 0.625) / 3));
  CHECK(c.expected_error == doctest::Approx(0.875 / 3));
  const ClasswiseCalibration none = classwise_calibration(Rows(p), std::vector<Label>{-1, -1, -1}, 1);
  CHECK(none.error_of[0] == doctest::Approx(1.125 / 3));
}

TEST_CASE("classwise_calibration: many rows and classes, the same bits for 1, 2 and 7 threads") {
  Matrix<float> p(700, 30);
  for (Index i = 0; i < p.size(); ++i) p.data()[i] = static_cast<float>(i * 37 % 101) / 100.f;
  std::vector<Label> truth;
  for (Label i = 0; i < 700; ++i) truth.push_back(i % 31 - 1);
  const auto error_with = [&](int threads) {
    return classwise_calibration(Rows(p), truth, 10, Cpu({.threads = threads})).error_of;
  };
  CHECK(error_with(1) == error_with(2));
  CHECK(error_with(1) == error_with(7));
}

TEST_CASE("classwise_calibration: bad input") {
  Matrix<float> p(1, 2, 0.5f);
  CHECK_THROWS_WITH_AS((void)classwise_calibration(Rows(p), std::vector<Label>{2}),
                       "classwise_calibration: truth (2 at sample 0) must be in [-1, 2)", error);
  CHECK_THROWS_AS((void)classwise_calibration(Rows(p), std::vector<Label>{0, 1}), error);
  CHECK_THROWS_AS((void)classwise_calibration(Rows(p), std::vector<Label>{0}, 0), error);
  p(0, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS((void)classwise_calibration(Rows(p), std::vector<Label>{0}), error);
}
