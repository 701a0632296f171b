#include <doctest/doctest.h>

#include <shoal/balancing/balancer.hpp>
#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/laws/balancer.hpp>

using namespace shoal;

namespace {

/// A balancer as a user might add one: α C Σ_c P_c², the chance that two rows share a cluster.
struct Collisions {
  static constexpr const char* name = "collisions";
  static constexpr bool active = true;
  float alpha = 2.f;

  template <class Visit> void fields(Visit&& visit) const { visit("alpha", alpha); }
  template <class Team>
  SHOAL_HD float penalty(const Team& team, const float* marginal, float* gradient) const {
    const float a = alpha;
    return a * team.sum([=](auto c) {
      const auto p = c.load(marginal);
      c.store(gradient, p * (2 * a));
      return p * p;
    });
  }
};
static_assert(Balancer<Collisions>);

struct Unnamed : Collisions {
 private:
  using Collisions::name;
};
struct Silent : Collisions {
 private:
  using Collisions::active;
};
struct Owner : Collisions {  // a kernel's arguments are copied as bytes
  std::vector<float> marginal;
};
struct Hidden {  // a checkpoint could not tell two of them apart
  static constexpr const char* name = "hidden";
  static constexpr bool active = true;
  float alpha = 2.f;
  template <class Team> float penalty(const Team&, const float*, float*) const { return alpha; }
};
struct Changing {
  static constexpr const char* name = "changing";
  static constexpr bool active = true;
  template <class Team> float penalty(const Team&, const float*, float*) { return 0.f; }
};
static_assert(!Balancer<Unnamed> && !Balancer<Silent> && !Balancer<Owner> && !Balancer<Hidden> &&
              !Balancer<Changing> && !Balancer<int>);

}  // namespace

TEST_CASE("a balancer of one's own obeys the laws, over rows of every tail") {
  for (const Index clusters : {1, 2, 15, 16, 17, 31, 300}) laws::obeys_balancer(Collisions{}, clusters);
}

TEST_CASE("one step against the gradient evens out a marginal, by either balancer") {
  const auto evens_out = [](const auto& balancer) {
    std::vector<float> marginal{0.6f, 0.3f, 0.1f}, gradient(3);
    const CpuTeam team{3};
    const float before = balancer.penalty(team, marginal.data(), gradient.data());
    const float mean = (gradient[0] + gradient[1] + gradient[2]) / 3;  // the sum of the marginal stays 1
    for (std::size_t c = 0; c < 3; ++c) marginal[c] -= 0.01f * (gradient[c] - mean);
    CHECK(marginal[0] < 0.6f);
    CHECK(marginal[2] > 0.1f);
    CHECK(balancer.penalty(team, marginal.data(), gradient.data()) < before);
  };
  evens_out(Collisions{});
  evens_out(MarginalEntropy{});
}
