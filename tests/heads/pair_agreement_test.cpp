#include <vector>

#include <doctest/doctest.h>

#include <shoal/heads/pair_agreement.hpp>

using namespace shoal;

TEST_CASE("the agreement is the sum of products, and every entry is visited once") {
  for (const Index size : {1, 16, 37}) {
    const auto n = static_cast<std::size_t>(size);
    std::vector<float> p(n, 0.5f), q(n, 0.25f), sum(n, 1.f);
    CHECK(pair_agreement(CpuTeam{size}, p.data(), q.data()) ==
          doctest::Approx(0.125 * static_cast<double>(size)));
    float* out = sum.data();
    CHECK(pair_agreement(CpuTeam{size}, p.data(), q.data(), [=](auto c, auto own, auto partner) {
            c.store(out, c.load(out) + own + partner);
          }) == doctest::Approx(0.125 * static_cast<double>(size)));
    for (const float s : sum) CHECK(s == 1.75f);
  }
}
