// How do I keep clusters filled in my own way?
//
// A balancer is a small struct that models shoal::Balancer: a penalty on the mean of a batch's probabilities,
// which is least when all clusters are equal, and its gradient. This one is the sum of squares instead of
// SCAN's entropy.
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

struct SumOfSquares {
  static constexpr const char* name = "sum of squares";
  static constexpr bool active = true;
  float strength = 40;

  template <class Visit> void fields(Visit&& visit) const { visit("strength", strength); }

  // strength · Σ_c P_c², and gradient[c] = 2 · strength · P_c.
  template <class Team>
  SHOAL_HD float penalty(const Team& team, const float* marginal, float* gradient) const {
    const float twice = 2 * strength;
    return strength * team.sum([=](auto c) {
      const auto p = c.load(marginal);
      c.store(gradient, p * twice);
      return p * p;
    });
  }
};
static_assert(shoal::Balancer<SumOfSquares>);

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(data + "/features.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(data + "/labels.npy");
  const shoal::Cpu cpu;
  const auto neighbors = shoal::exact_neighbors(features, {.count = 25}, cpu);

  const auto run = [&](const char* name, auto method) {
    method.hidden = {128};  // small, so that this runs in seconds
    const auto result = shoal::fit(method, features, shoal::NearestPairs{neighbors}, cpu);
    const shoal::HeadEpoch& last = result.history.back();
    std::printf("%-14s clusters occupied %td of 24, normalised entropy %.3f, accuracy %.3f\n", name,
                last.occupied_clusters, last.normalised_entropy, shoal::evaluate(result.labels, truth).acc);
  };
  using Scan = shoal::Heads<shoal::ScanObjective, SumOfSquares>;
  run("sum of squares",
      Scan{.clusters = 24, .heads = 2, .epochs = 12, .learning_rate = 1e-3, .warmup_epochs = 2});
  run("entropy",
      shoal::SCANv2{.clusters = 24, .heads = 2, .epochs = 12, .learning_rate = 1e-3, .warmup_epochs = 2});
}
