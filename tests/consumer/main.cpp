#include <cstdio>
#include <vector>

#include <shoal/shoal.hpp>

int main() {
  const std::vector<float> values{0, 1, 0, 2, 5, 1, 6, 1};  // four rows, two directions
  const std::vector<shoal::Label> truth{5, 5, 7, 7};
  const auto fit = shoal::fit(shoal::KMeans<>{.clusters = 2}, shoal::rows_of(values, 2), shoal::Cpu{});
  const double acc = shoal::evaluate(fit.labels, truth).acc;
  std::printf("shoal %s: ACC %g\n", SHOAL_VERSION_STRING, acc);
  return acc == 1 ? 0 : 1;
}
