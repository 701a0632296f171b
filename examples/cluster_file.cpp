// How do I cluster the features in a .npy file, and how good are the clusters?
#include <cstdio>
#include <string>

#include <shoal/shoal.hpp>

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "examples/data";
  const auto features = shoal::npy::map(folder + "/features.npy");                   // n × d, stays on disk
  const auto truth = shoal::npy::read_vector<shoal::Label>(folder + "/labels.npy");  // used for scoring only

  const shoal::Cpu cpu;  // all cores
  const auto result = shoal::fit(shoal::KMeans<>{.clusters = 24, .seed = 1}, features, cpu);
  const auto quality = shoal::evaluate(result.labels, truth, cpu);

  std::printf("%lld rows in %lld clusters after %zu iterations\n", static_cast<long long>(features.rows()),
              static_cast<long long>(result.centroids.rows()), result.history.size());
  std::printf("ACC %.3f  NMI %.3f  AMI %.3f  ARI %.3f\n", quality.acc, quality.nmi, quality.ami, quality.ari);
  return quality.acc > 0.5 ? 0 : 1;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
