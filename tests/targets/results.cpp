// What must not depend on the target: the labels of k-means with every kind of bounds, the neighbours found
// through inverted lists, and exact ones. targets.sh compares what this prints for several targets.
#include <cstdio>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;

namespace {

/// Rows around 40 centres that lie near each other. Sums of three numbers for the normal ones, whose
/// logarithm and sine differ from target to target in their last place.
Matrix<float> rows_near_centres(Index n, Index d) {
  Matrix<float> x(n, d);
  const Philox random(5, 0);
  const auto draw = [&](Index i) {
    float sum = -1.5f;
    for (Index k = 0; k < 3; ++k)
      sum += static_cast<float>(random.below(1024, static_cast<std::uint64_t>(3 * i + k))) / 1024;
    return sum;
  };
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) x(i, k) = draw(i * d + k) + draw(n * d + i % 40 * d + k);
  return x;
}

template <class Values> void print(const char* name, const Values* values, Index count) {
  std::uint64_t hash = 14695981039346656037u;
  for (Index i = 0; i < count; ++i) hash = (hash ^ static_cast<std::uint64_t>(values[i])) * 1099511628211u;
  std::printf("%s %016lx\n", name, static_cast<unsigned long>(hash));
}

}  // namespace

int main() {
  const Matrix<float> x = rows_near_centres(3000, 70);
  const Cpu cpu(CpuSettings{.threads = 2});
  for (const Bounds bounds : {Bounds::pair, Bounds::group, Bounds::none, Bounds::off}) {
    const KMeans<Euclidean> settings{.clusters = 100, .iterations = 12, .seed = 3, .bounds = bounds};
    const KMeansResult result = fit(settings, x, cpu);
    print("labels", result.labels.data(), std::ssize(result.labels));
  }
  const Neighbors exact = exact_neighbors(x, {.count = 10}, cpu);
  print("exact neighbours", exact.ids.data(), exact.ids.size());
  const Neighbors near = approximate_neighbors(x, {.count = 10}, {.lists = 60, .probes = 4}, cpu);
  print("neighbours by lists", near.ids.data(), near.ids.size());
  std::printf("recall %.5f\n", neighbor_recall(x, near, Similarity::cosine, 1000, cpu));
}
