#include <cstdio>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/kmeans.hpp>

int main() {
  shoal::Matrix<float> rows(4, 1);
  for (shoal::Index i = 0; i < 4; ++i) rows(i, 0) = static_cast<float>(i < 2 ? i : 100 + i);
  const auto result = shoal::fit(shoal::KMeans<shoal::Euclidean>{.clusters = 2}, rows, shoal::Cpu{});
  std::printf("%d %d %d %d\n", result.labels[0], result.labels[1], result.labels[2], result.labels[3]);
  return result.labels[0] == result.labels[1] && result.labels[1] != result.labels[2] ? 0 : 1;
}
