// The laws of a balancer.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <shoal/balancing/balancer.hpp>
#include <shoal/core/random.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

/// Checks the laws of Balancer for `clusters` clusters. Throws error(invalid_argument) for a law that does
/// not hold.
template <class Bal> void obeys_balancer(const Bal& balancer, Index clusters) {
  const CpuTeam team{clusters};
  const auto n = static_cast<std::size_t>(clusters);
  std::vector<float> marginal(n), gradient(n), ignored(n);
  for (std::size_t c = 0; c < n; ++c) marginal[c] = 0.1f + static_cast<float>(Philox(3, 1).uniform(c));
  const float total = std::accumulate(marginal.begin(), marginal.end(), 0.f);
  for (float& m : marginal) m /= total;
  const float value = balancer.penalty(team, marginal.data(), gradient.data());

  const std::vector<float> even(n, 1.f / static_cast<float>(clusters));
  expect(balancer.penalty(team, even.data(), ignored.data()) <= value + 1e-5f * std::abs(value));

  for (std::size_t c = 0; c < n; c += 1 + n / 20) {
    std::vector<float> up = marginal, down = marginal;
    const float h = 0.02f * marginal[c];
    up[c] += h, down[c] -= h;
    const float quotient = (balancer.penalty(team, up.data(), ignored.data()) -
                            balancer.penalty(team, down.data(), ignored.data())) /
                           (up[c] - down[c]);
    expect_near(quotient, gradient[c], 0.01, 1 + 4e-7 * std::abs(value) / h / 0.01);
  }

  std::vector<float> single(n, 0.f);
  single[0] = 1.f;
  expect(std::isfinite(balancer.penalty(team, single.data(), gradient.data())));
  for (const float s : gradient) expect(std::isfinite(s));
  expect(value <= balancer.penalty(team, single.data(), gradient.data()) + 1e-5f);
  std::rotate(single.begin(), single.begin() + clusters / 2, single.end());
  const float rotated = balancer.penalty(team, single.data(), ignored.data());
  expect_near(rotated, balancer.penalty(team, single.data(), gradient.data()), 1.2e-5);
}

}  // namespace shoal::laws
