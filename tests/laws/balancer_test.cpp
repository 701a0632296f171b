#include <doctest/doctest.h>

#include <shoal/laws/balancer.hpp>

using namespace shoal;

namespace {

/// Σ P², least where all are equal; its gradient times `factor`.
struct SumOfSquares {
  static constexpr const char* name = "sum of squares";
  static constexpr bool active = true;
  float factor = 1, sign = 1;
  void fields(auto&& visit) const { visit("factor", factor), visit("sign", sign); }

  template <class Team> float penalty(const Team& team, const float* marginal, float* gradient) const {
    return sign * team.sum([=, this](auto c) {
      const auto p = c.load(marginal);
      c.store(gradient, p * (2 * sign * factor));
      return p * p;
    });
  }
};

}  // namespace

TEST_CASE("a balancer with a wrong gradient, or that prefers one cluster, breaks the laws") {
  laws::obeys_balancer(SumOfSquares{}, 10);
  CHECK_THROWS_AS(laws::obeys_balancer(SumOfSquares{.factor = 2}, 10), error);
  CHECK_THROWS_AS(laws::obeys_balancer(SumOfSquares{.sign = -1}, 10), error);
}
