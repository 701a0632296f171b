// Prints hashes of what the named methods return, bit by bit. Compiled by headers alone and with shoal::compiled: both
// programs must print the same.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>

#include <shoal/shoal.hpp>

namespace {

/// FNV-1a over the bytes of some values.
template <class T> unsigned long long hash(std::span<const T> values) {
  unsigned long long h = 0xcbf29ce484222325;
  for (const std::byte b : std::as_bytes(values))
    h = (h ^ static_cast<unsigned long long>(b)) * 0x100000001b3;
  return h;
}
template <class T> void print(const char* what, const T& values) {
  std::printf("%-28s %6zu %016llx\n", what, std::size(values), hash(std::span(std::as_const(values))));
}
template <class T> void print(const char* what, const shoal::Matrix<T>& m) {
  print(what, std::span<const T>(m.data(), static_cast<std::size_t>(m.rows() * m.cols())));
}

template <class Geometry>
void kmeans(const char* name, const shoal::MappedRows& rows, const shoal::Cpu& cpu) {
  const auto fit = shoal::fit(shoal::KMeans<Geometry>{.clusters = 24, .seed = 3}, rows, cpu);
  std::printf("%s: %zu iterations, objective %a\n", name, fit.history.size(), fit.objective);
  print("centroids", fit.centroids);
  print("labels", fit.labels);
  print("distances again", shoal::predict<Geometry>(fit.centroids.view(), rows, cpu).distances);
}

}  // namespace

int main(int, char** argv) try {
  const std::string folder = argv[1];
  const auto rows = shoal::npy::map(folder + "/features.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(folder + "/labels.npy");
  const shoal::Cpu cpu;
  kmeans<shoal::Cosine>("cosine", rows, cpu);
  kmeans<shoal::Euclidean>("Euclidean", rows, cpu);

  const auto neighbors = shoal::exact_neighbors(rows, {.count = 10}, cpu);
  print("neighbours", neighbors.ids);
  print("similarities", neighbors.similarities);

  shoal::TEMI temi{.clusters = 24, .heads = 2, .epochs = 2, .batch = 256};
  temi.hidden = {64};
  const auto heads = shoal::fit(temi, rows, shoal::NearestPairs{neighbors}, cpu);
  print("TEMI's labels", heads.labels);
  print("TEMI's confidence", heads.confidence);

  const auto quality = shoal::evaluate(heads.labels, truth, cpu);
  const auto silhouette = shoal::silhouette(rows, heads.labels, {}, cpu);
  std::printf("ACC %a NMI %a AMI %a ARI %a silhouette %a\n", quality.acc, quality.nmi, quality.ami, quality.ari,
              silhouette.mean);
  return 0;
} catch (const shoal::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
