#include <cstdio>
#include <vector>

#include <shoal/shoal.hpp>

int main() {
  const std::vector<shoal::Label> labels{0, 0, 1, 1}, truth{5, 5, 7, 7};
  const double acc = shoal::evaluate(labels, truth).acc;
  std::printf("shoal %s: ACC %g\n", SHOAL_VERSION_STRING, acc);
  return acc == 1 ? 0 : 1;
}
