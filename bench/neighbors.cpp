// How near do exact neighbours come to the product of all rows with all rows? pairs/s counts ordered pairs of
// rows; the floor is that product, block by block, with nothing done to it. Rows are in groups, as features
// are, or those of a file:
//   neighbors [FEATURES.npy] [--benchmark_...]
#include <string>

#include <benchmark/benchmark.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;

namespace {

std::string file;

/// The rows that a benchmark searches: n × d around 200 centres, or the file's.
Matrix<float> rows_of(const benchmark::State& state) {
  if (!file.empty()) {
    const MappedRows mapped = npy::map(file);
    Matrix<float> rows(mapped.rows(), mapped.cols());
    mapped.read(0, rows);
    return rows;
  }
  Matrix<float> rows(state.range(0), state.range(1));
  const Philox centres(1, 1), noise(1, 2);
  Workers(Cpu{}).each_row(rows.rows(), [&](Index i) {
    for (Index j = 0; j < rows.cols(); ++j)
      rows(i, j) = static_cast<float>(centres.normal(static_cast<std::uint64_t>(i % 200 * rows.cols() + j)) +
                                      noise.normal(static_cast<std::uint64_t>(i * rows.cols() + j)));
  });
  return rows;
}

void count(benchmark::State& state, Index n) {
  state.counters["pairs/s"] = benchmark::Counter(static_cast<double>(n) * static_cast<double>(n),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void product(benchmark::State& state) {
  const Matrix<float> rows = rows_of(state);
  const Cpu cpu;
  constexpr Index block = 1024;
  Matrix<float> out(block, rows.rows());
  for (auto _ : state)
    for (Index i = 0; i < block_count(rows.rows(), block); ++i) {
      const Block b = block_at(rows.rows(), block, i);
      cpu.product({rows.view().block(b.first, b.count), false}, {rows, true}, out.view().block(0, b.count));
    }
  count(state, rows.rows());
}

void exact(benchmark::State& state) {
  const Matrix<float> rows = rows_of(state);
  const Cpu cpu;
  for (auto _ : state) benchmark::DoNotOptimize(exact_neighbors(Rows(rows), {.count = 50}, cpu));
  count(state, rows.rows());
}

void lists(benchmark::State& state) {
  const Matrix<float> rows = rows_of(state);
  const Cpu cpu;
  Neighbors found;
  for (auto _ : state) found = approximate_neighbors(Rows(rows), {.count = 50}, {}, cpu);
  count(state, rows.rows());
  state.counters["recall"] = neighbor_recall(Rows(rows), found, Similarity::cosine, 1000, cpu);
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"n", "d"})
      ->Args({16'384, 384})
      ->Args({16'384, 768})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc > 1) file = argv[1];
  using Benchmark = void(benchmark::State&);
  const std::pair<const char*, Benchmark*> all[] = {{"product", product}, {"exact", exact}, {"lists", lists}};
  for (const auto& [name, run] : all) {
    auto* b = benchmark::RegisterBenchmark(name, run);
    if (file.empty())
      sizes(b);
    else
      b->Unit(benchmark::kMillisecond)->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
}
