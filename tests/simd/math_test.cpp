#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/simd/math.hpp>

using namespace shoal;

namespace {

/// The error of `value` in units of the last place of the float nearest to `exact`.
double ulps(float value, double exact) {
  const float nearest = static_cast<float>(exact);
  const double ulp = static_cast<double>(std::nextafter(std::abs(nearest), INFINITY)) - std::abs(nearest);
  return std::abs(static_cast<double>(value) - exact) / ulp;
}

/// The larger error of f on a lane (all its elements the same) and on a float.
template <class F> double worst_of_both(F f, float x, double exact) {
  const FloatVector many = f(broadcast<FloatVector>(x));
  for (int i = 1; i < vector_width; ++i) CHECK(to_bits(many[i]) == to_bits(many[0]));
  return std::max(ulps(f(x), exact), ulps(many[0], exact));
}

/// f on a lane and on a float where both must give the very same.
template <class F> float both(F f, float x) {
  const FloatVector many = f(broadcast<FloatVector>(x));
  for (int i = 0; i < vector_width; ++i) CHECK(to_bits(many[i]) == to_bits(f(x)));
  return f(x);
}

const auto exp_of = [](auto x) { return shoal::exp(x); };
const auto log_of = [](auto x) { return shoal::log(x); };

}  // namespace

TEST_CASE("exp is within 2 ulp over its range, for lanes and floats") {
  double worst = 0;
  for (float x = -87.3f; x < 88.7f; x += 0.00173f)
    worst = std::max(worst, worst_of_both(exp_of, x, std::exp(static_cast<double>(x))));
  CHECK(worst < 2.0);
  CHECK(both(exp_of, 0.f) == 1.f);
}

TEST_CASE("exp at the edges") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(both(exp_of, -infinity) == 0.f);
  CHECK(both(exp_of, -1e30f) == 0.f);
  CHECK(both(exp_of, -87.5f) == 0.f);
  CHECK(both(exp_of, infinity) == infinity);
  CHECK(both(exp_of, 89.f) == infinity);
  CHECK(std::isfinite(shoal::exp(88.7f)));
  CHECK(std::isnan(shoal::exp(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("log is within 2 ulp for normal floats, for lanes and floats") {
  double worst = 0;
  for (float x = 1.2e-38f; x < 3e38f; x *= 1.00097f)
    worst = std::max(worst, worst_of_both(log_of, x, std::log(static_cast<double>(x))));
  for (float x = 0.5f; x < 2.f; x += 1.7e-5f)
    if (x != 1.f) worst = std::max(worst, worst_of_both(log_of, x, std::log(static_cast<double>(x))));
  CHECK(worst < 2.0);
  CHECK(both(log_of, 1.f) == 0.f);
}

TEST_CASE("log at the edges") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(both(log_of, 0.f) == -infinity);
  CHECK(both(log_of, 1e-40f) == -infinity);
  CHECK(both(log_of, infinity) == infinity);
  CHECK(std::isnan(shoal::log(-1.f)));
  CHECK(std::isnan(shoal::log(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("sqrt is within 1 ulp for normal floats, 0 at 0, the same for lanes and floats") {
  const auto sqrt_of = [](auto x) { return shoal::sqrt(x); };
  double worst = 0;
  for (float x = 1.2e-38f; x < 3e38f; x *= 1.00031f)
    worst = std::max(worst, ulps(both(sqrt_of, x), std::sqrt(static_cast<double>(x))));
  CHECK(worst < 1.0);
  CHECK(both(sqrt_of, 0.f) == 0.f);
  CHECK(both(sqrt_of, 1e-40f) < 1e-18f);
}
