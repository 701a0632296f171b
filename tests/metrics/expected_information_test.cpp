#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/expected_information.hpp>
#include <shoal/metrics/information.hpp>

using namespace shoal;

namespace {

/// E[MI] by its definition: every term of every pair, in long double, with factorials.
double by_definition(const std::vector<Index>& a, const std::vector<Index>& b, Index n) {
  const auto log_choose = [](Index m, Index k) {
    return std::lgamma(static_cast<long double>(m + 1)) - std::lgamma(static_cast<long double>(k + 1)) -
           std::lgamma(static_cast<long double>(m - k + 1));
  };
  long double sum = 0;
  for (const Index x : a)
    for (const Index y : b)
      for (Index k = std::max<Index>(1, x + y - n); k <= std::min(x, y); ++k) {
        const long double share = static_cast<long double>(k) / static_cast<long double>(n);
        const long double chance = std::exp(log_choose(x, k) + log_choose(n - x, y - k) - log_choose(n, y));
        sum += chance * share *
               std::log(share * static_cast<long double>(n) * static_cast<long double>(n) /
                        (static_cast<long double>(x) * static_cast<long double>(y)));
      }
  return static_cast<double>(sum);
}

}  // namespace

TEST_CASE("expected information equals its definition to 1e-12") {
  const std::vector<std::pair<std::vector<Index>, std::vector<Index>>> cases{
      {{5, 5}, {5, 5}},
      {{1, 1, 1, 1, 1, 1}, {1, 2, 3}},
      {{900, 50, 50}, {400, 400, 200}},
      {{1999, 1}, {1000, 1000}},
      {{30, 30, 30, 30}, {119, 1}},
      {{1500, 700, 300, 7, 1}, {2000, 400, 100, 8}},
      {{60, 30, 9, 1}, {97, 3}},
      {{999, 1, 1, 1}, {999, 1, 1, 1}},
      {{10000, 10000}, {15000, 4000, 1000}}};
  for (const auto& [a, b] : cases) {
    Index n = 0;
    for (const Index size : a) n += size;
    CHECK(expected_information(a, b, n) == doctest::Approx(by_definition(a, b, n)).epsilon(1e-12));
  }
}

TEST_CASE("expected information of singletons is the other side's entropy, of one cluster 0") {
  const std::vector<Index> ones(40, 1), groups{10, 25, 5};
  CHECK(expected_information(ones, groups, 40) == doctest::Approx(entropy(groups, 40)).epsilon(1e-13));
  CHECK(std::abs(expected_information({40}, groups, 40)) <= 1e-15);
  CHECK(expected_information({}, {}, 0) == 0);
}
