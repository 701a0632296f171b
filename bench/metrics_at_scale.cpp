// How do the scores grow with samples and classes? Long-tailed labels, half of them right.
#include <cmath>

#include <benchmark/benchmark.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/evaluate.hpp>

using namespace shoal;

namespace {

struct Labelling {
  std::vector<Label> labels, truth;

  Labelling(Index n, Index classes) {
    const Philox random(1, 0);
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(n); ++i) {
      const double u = random.uniform(3 * i);
      truth.push_back(static_cast<Label>(u * u * u * static_cast<double>(classes)));
      const Index near = random.uniform(3 * i + 1) < 0.5 ? 0 : random.below(40, 3 * i + 2);
      labels.push_back(static_cast<Label>((truth.back() + near) % classes));
    }
  }
};

template <class Score> void run(benchmark::State& state, Score score) {
  const Labelling data(state.range(0), state.range(1));
  const Cpu cpu;
  for (auto _ : state) benchmark::DoNotOptimize(score(data, cpu));
  state.counters["samples/s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}

void sizes(benchmark::internal::Benchmark* b) {
  for (const auto& [n, classes] :
       {std::pair<Index, Index>{100'000, 1000}, {2'000'000, 10'000}, {14'000'000, 21'841}})
    b->Args({n, classes});
  b->ArgNames({"n", "C"})->Unit(benchmark::kMillisecond)->UseRealTime();
}

void contingency_table(benchmark::State& state) {
  run(state, [](const Labelling& d, const Cpu& cpu) { return contingency(d.labels, d.truth, cpu).cells(); });
}
void acc(benchmark::State& state) {
  run(state,
      [](const Labelling& d, const Cpu& cpu) { return accuracy(contingency(d.labels, d.truth, cpu)); });
}
void ami(benchmark::State& state) {
  run(state, [](const Labelling& d, const Cpu& cpu) {
    return adjusted_information(contingency(d.labels, d.truth, cpu), cpu);
  });
}
void everything(benchmark::State& state) {
  run(state, [](const Labelling& d, const Cpu& cpu) { return evaluate(d.labels, d.truth, cpu).ami; });
}

BENCHMARK(contingency_table)->Apply(sizes);
BENCHMARK(acc)->Apply(sizes);
BENCHMARK(ami)->Apply(sizes);
BENCHMARK(everything)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
