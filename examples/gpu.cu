// Features in, clusters out, on a GPU: the lines of fit.cpp, with Cuda in the place of Cpu.
//   gpu FEATURES.npy CLUSTERS
#include <cstdlib>
#include <iostream>

#include <shoal/cuda.cuh>
#include <shoal/io/npy.hpp>
#include <shoal/sampling/nearest_pairs.hpp>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: gpu FEATURES.npy CLUSTERS\n";
    return 2;
  }
  const auto features = shoal::npy::map(argv[1]);
  const shoal::Index clusters = std::atoll(argv[2]);
  const shoal::Cuda gpu;

  const auto kmeans = shoal::fit(shoal::KMeans<>{.clusters = clusters}, features, gpu);
  std::cout << "k-means: objective " << kmeans.objective << " after " << kmeans.history.size()
            << " iterations\n";

  const auto neighbors = shoal::exact_neighbors(features, {.count = 50}, gpu);
  const auto temi =
      shoal::fit(shoal::TEMI{.clusters = clusters}, features, shoal::NearestPairs(neighbors), gpu);
  std::cout << "TEMI: loss " << temi.history.back().loss << ", " << temi.history.back().occupied_clusters
            << " clusters used\n";
  return 0;
} catch (const shoal::error& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
