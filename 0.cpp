#include <cstdio>
#include <shoal/shoal.hpp>

int main() {
  const auto features = shoal::npy::map("features.npy");                       // n × d, stays on disk
  const auto truth = shoal::npy::read_vector<shoal::Label>("labels.npy");      // to score with, only
  const auto cpu = shoal::Cpu{};                                               // all cores
  const auto neighbors = shoal::exact_neighbors(features, {.count = 50}, cpu); // n × 50
  const auto result = shoal::fit(shoal::SCANv2{.clusters = 24, .heads = 8}, features, shoal::NearestPairs{neighbors}, cpu);
  const auto quality = shoal::evaluate(result.labels, truth, cpu);
  std::printf("ACC %.3f NMI %.3f AMI %.3f ARI %.3f\n", quality.acc, quality.nmi, quality.ami, quality.ari);
}
