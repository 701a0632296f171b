#include <doctest/doctest.h>

#include <shoal/balancing/none.hpp>
#include <shoal/laws/objective.hpp>

using namespace shoal;

namespace {

/// Minus the inner product of both rows' probabilities, its gradient times `factor`.
struct InnerProduct {
  static constexpr const char* name = "inner product";
  static constexpr bool teacher = true, marginal = false;
  static constexpr Agreement agreement = Agreement::none;
  float factor = 1;
  void fields(auto&& visit) const { visit("factor", factor); }

  template <class Team> float row(const Team& team, const PairRow& pair, float* gradient) const {
    const float* own = pair.own_probs;
    const LogProbs partner = pair.partner;
    return -team.sum([=, this](auto c) {
      const auto both = c.load(own) * exp(partner.log(c));
      c.store(gradient, both * -factor);
      return both;
    });
  }
};

}  // namespace

TEST_CASE("an objective whose gradient is not its derivative breaks the laws") {
  laws::obeys_objective(InnerProduct{}, NoBalance{});
  CHECK_THROWS_WITH_AS(laws::obeys_objective(InnerProduct{2}, NoBalance{}),
                       doctest::Contains("objective.hpp"), error);
}
