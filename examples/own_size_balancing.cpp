// How do I keep the clusters of k-means filled in my own way?
//
// A size balancing is a small struct that models shoal::SizeBalancing: it gives each cluster a price and asks
// where rows go at these prices. This one softly prefers equal sizes: a cluster costs more the larger it is.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <shoal/shoal.hpp>

struct PreferEqual {
  static constexpr bool active = true;
  float strength =
      0.2f;  // the price of a cluster that is e times as large as the mean, a squared distance / 2

  void check(shoal::Index, shoal::Index) const {}  // can always be satisfied
  std::size_t bytes(shoal::Index n, shoal::Index) const { return 2 * sizeof(shoal::Label) * std::size_t(n); }

  // price[c] = strength · log(rows of c / mean rows), approached in small steps, because rows depend on
  // prices and prices on rows.
  std::vector<shoal::Label> assign(const shoal::PricedRows& rows, std::span<float> prices) const {
    const double mean = double(rows.rows()) / double(rows.clusters());
    std::vector<shoal::Label> labels = rows.cheapest(prices);
    for (int step = 0; step < 30; ++step) {
      std::vector<double> count(prices.size(), 0.5);  // half a row, to avoid the logarithm of 0
      for (const shoal::Label label : labels) ++count[std::size_t(label)];
      for (std::size_t c = 0; c < prices.size(); ++c)
        prices[c] += 0.2f * (strength * float(std::log(count[c] / mean)) - prices[c]);
      labels = rows.cheapest(prices);
    }
    return labels;
  }
};
static_assert(shoal::SizeBalancing<PreferEqual>);

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(data + "/features.npy");
  const shoal::Cpu cpu;
  const auto run = [&](const char* name, const auto& settings) {
    const auto result = shoal::fit(settings, features, cpu);
    std::vector<int> size(24, 0);
    for (const shoal::Label label : result.labels) ++size[std::size_t(label)];
    std::printf("%-12s %d to %d rows a cluster, objective %.1f\n", name, *std::ranges::min_element(size),
                *std::ranges::max_element(size), result.objective);
  };
  run("free", shoal::KMeans<>{.clusters = 24});
  run("soft", shoal::KMeans<shoal::Cosine, PreferEqual>{.clusters = 24});
  run("100 to 250", shoal::KMeans<shoal::Cosine, shoal::Capacity>{.clusters = 24, .balancing = {100, 250}});
}
