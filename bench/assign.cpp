// How near does the fused assignment come to the product it rests on, when nothing can be pruned? items/s are
// multiply-adds; the floor is the product of the same shape, written to memory, by each library that is built
// in.
#include <benchmark/benchmark.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/linalg/product_eigen.hpp>
#if defined(SHOAL_ONEDNN)
#include <shoal/linalg/product_onednn.hpp>
#endif

using namespace shoal;

namespace {

Matrix<float> random_rows(Index n, Index d, std::uint64_t stream) {
  Matrix<float> m(n, d);
  const Philox random(1, stream);
  Workers(Cpu{}).each_row(m.size(), [&](Index i) {
    m.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  });
  return m;
}

void count(benchmark::State& state, Index n, Index d, Index clusters) {
  state.SetItemsProcessed(state.iterations() * n * d * clusters);
}

template <decltype(CpuSettings::library) Product> void product(benchmark::State& state) {
  const Index n = 8192, d = state.range(0), clusters = state.range(1);
  const auto rows = random_rows(n, d, 1), centroids = random_rows(clusters, d, 2);
  Matrix<float> out(n, clusters);
  const Cpu cpu(CpuSettings{.library = Product});
  for (auto _ : state) cpu.product({rows, false}, {centroids, true}, out);
  count(state, n, d, clusters);
}

void assignment(benchmark::State& state) {
  const Index n = 8192, d = state.range(0), clusters = state.range(1);
  const auto rows = random_rows(n, d, 1), centroids = random_rows(clusters, d, 2);
  const Cpu cpu;
  std::vector<double> squares(static_cast<std::size_t>(n));
  const Rows source(rows);
  const CheckedRows features(source, false, "bench");
  FullAssigner assigner({features, clusters, Bounds::off, {}, squares}, cpu);
  std::vector<Label> labels(static_cast<std::size_t>(n), -1);
  ClusterSums sums(clusters, grids_of(features, {}, cpu));
  for (auto _ : state) assigner.assign(centroids, labels, sums);  // only the first moves rows
  count(state, n, d, clusters);
}

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"d", "C"})->UseRealTime()->MinTime(0.3);
  for (const Index d : {384, 768})
    for (const Index clusters : {100, 1000, 4096}) b->Args({d, clusters});
}

BENCHMARK(product<nullptr>)->Name("product/own")->Apply(shapes);
BENCHMARK(product<&multiply_by_eigen>)->Name("product/eigen")->Apply(shapes);
#if defined(SHOAL_ONEDNN)
BENCHMARK(product<&multiply_by_onednn>)->Name("product/onednn")->Apply(shapes);
#endif
BENCHMARK(assignment)->Name("assign")->Apply(shapes);

}  // namespace

BENCHMARK_MAIN();
