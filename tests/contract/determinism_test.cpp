// The contract of determinism: the same seed gives the same bits for 1, 2 and 7 threads, everywhere.

#include "contract/small_data.hpp"

#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/shoal.hpp>

using namespace shoal;

namespace {

/// The bytes of some results, one after the other.
struct Bits {
  std::vector<std::byte> bytes;

  template <class T> void add(const T* values, std::size_t count) {
    const auto* from = reinterpret_cast<const std::byte*>(values);
    bytes.insert(bytes.end(), from, from + count * sizeof(T));
  }
  template <class T> void add(const Matrix<T>& m) { add(m.data(), static_cast<std::size_t>(m.size())); }
  template <class T> void add(const std::vector<T>& v) { add(v.data(), v.size()); }
  template <class T> void add(const Buffer<T>& v) { add(v.data(), v.size()); }
};

/// run(cpu) -> Bits must not depend on the number of threads.
template <class Run> void same_for_all_threads(Run&& run) {
  const Bits one = run(Cpu(CpuSettings{.threads = 1}));
  CHECK(!one.bytes.empty());
  for (const int threads : {2, 7}) {
    CAPTURE(threads);
    CHECK(run(Cpu(CpuSettings{.threads = threads})).bytes == one.bytes);
  }
}

template <class Method> void heads_are_deterministic(Method method) {
  const auto data = small_data::clouds();
  method.clusters = 5;
  method.heads = 3;
  method.epochs = 3;
  method.batch = 100;
  method.hidden = {32};
  method.bottleneck = 16;
  const Neighbors near = exact_neighbors(data.rows, {.count = 10}, Cpu{});
  same_for_all_threads([&](const Cpu& cpu) {
    const HeadFit fitted = fit(method, data.rows, NearestPairs{near}, cpu);
    Bits bits;
    bits.add(fitted.labels);
    bits.add(fitted.confidence);
    bits.add(fitted.model.parameters);
    return bits;
  });
}

}  // namespace

TEST_CASE("k-means") {
  const auto data = small_data::clouds();
  same_for_all_threads([&](const Cpu& cpu) {
    const KMeansResult cosine = fit(KMeans<>{.clusters = 7, .seed = 3}, data.rows, cpu);
    const KMeansResult euclidean = fit(KMeans<Euclidean>{.clusters = 40, .seed = 3}, data.rows, cpu);
    Bits bits;
    bits.add(cosine.centroids), bits.add(cosine.labels), bits.add(&cosine.objective, 1);
    bits.add(euclidean.centroids), bits.add(euclidean.labels), bits.add(&euclidean.objective, 1);
    const KMeansPrediction top = predict(cosine.centroids, data.rows, cpu, 3);
    bits.add(top.labels), bits.add(top.distances);
    return bits;
  });
}

TEST_CASE("neighbours") {
  const auto data = small_data::clouds(3000, 20, 9, 1.f);
  same_for_all_threads([&](const Cpu& cpu) {
    const Neighbors near = exact_neighbors(data.rows, {.count = 12, .keep_similarities = true}, cpu);
    Bits bits;
    bits.add(near.ids), bits.add(near.similarities);
    return bits;
  });
}

TEST_CASE("heads: every method, trained and predicting") {
  heads_are_deterministic(PMI{});
  heads_are_deterministic(WPMI{});
  heads_are_deterministic(TEMI{});
  heads_are_deterministic(SCANv2{});
  heads_are_deterministic(SCP{});
}

TEST_CASE("metrics") {
  const auto data = small_data::clouds(5000, 8, 40, 1.f);
  same_for_all_threads([&](const Cpu& cpu) {
    const KMeansResult clusters = fit(KMeans<>{.clusters = 30}, data.rows, cpu);
    const Quality q = evaluate(clusters.labels, data.truth, cpu);
    const Silhouette s = silhouette(data.rows, data.truth, {.distance = Distance::cosine}, cpu);
    Bits bits;
    bits.add(&q.acc, 1), bits.add(&q.nmi, 1), bits.add(&q.ami, 1), bits.add(&q.ari, 1), bits.add(&s.mean, 1);
    return bits;
  });
}
