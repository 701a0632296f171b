#include <vector>

#include <doctest/doctest.h>

#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/heads/pair_loss.hpp>
#include <shoal/objective/scan.hpp>

using namespace shoal;

TEST_CASE("behind one type, an objective and a balancer give the bits that they give themselves") {
  constexpr Index C = 21;
  std::vector<float> logits, partner, q(C), t(C), balance(C), own(C), other(C);
  for (Index c = 0; c < C; ++c) {
    logits.push_back(0.1f * static_cast<float>(c % 7));
    partner.push_back(0.1f * static_cast<float>(c % 5));
  }
  const CpuTeam team{C};
  const PairRow pair{{logits.data(), 10.f, softmax(team, logits.data(), 10.f, q.data())},
                     q.data(),
                     {partner.data(), 10.f, softmax(team, partner.data(), 10.f, t.data())},
                     nullptr,
                     1.f,
                     1.f,
                     1.f};
  const MarginalEntropy balancer{.alpha = 3};
  const auto loss = make_pair_loss(ScanObjective{}, balancer);
  CHECK(loss->penalty(C, q.data(), balance.data()) == balancer.penalty(team, q.data(), own.data()));
  CHECK(balance == own);
  const float direct = row_gradient(team, ScanObjective{}, pair, balance.data(), 0.3f, own.data());
  CHECK(loss->row(C, pair, balance.data(), 0.3f, other.data()) == direct);
  CHECK(other == own);
}
