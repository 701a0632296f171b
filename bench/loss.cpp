// What does the loss of a row of logits cost, value and gradient, on one thread, against moving it through
// memory? bytes_per_second counts the logits read (the row's and its partner's) and the gradient written, 12
// bytes a logit. `copy` reads and writes the same arrays without computing: what memory gives.
#include <benchmark/benchmark.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/balancing/marginal_entropy.hpp>
#include <shoal/core/random.hpp>
#include <shoal/heads/heads.hpp>

using namespace shoal;

namespace {

/// Logits of students and partners, 64 MB each, so that they come from memory; C = 24 has many rows, 21,841
/// few.
struct Batch {
  static constexpr Index logits = Index{1} << 24;
  Index clusters, rows;
  Matrix<float> student, partner, gradient;
  std::vector<float> log_marginal, balance;

  explicit Batch(Index C)
      : clusters(C),
        rows(logits / C / 2 * 2),
        student(rows, C),
        partner(rows, C),
        gradient(rows, C, 0.f),
        log_marginal(static_cast<std::size_t>(C), -std::log(static_cast<float>(C))),
        balance(static_cast<std::size_t>(C), 0.1f) {
    const Philox random(1, 1);
    Workers(Cpu{}).each_row(student.size(), [&](Index i) {
      const auto at = static_cast<std::uint64_t>(i);
      student.data()[i] = static_cast<float>(random.uniform(2 * at));
      partner.data()[i] = static_cast<float>(random.uniform(2 * at + 1));
    });
  }
};

void count(benchmark::State& state, const Batch& batch) {
  const Index logits = batch.rows * batch.clusters;
  state.counters["time/logit"] =
      benchmark::Counter(static_cast<double>(logits),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(state.iterations() * logits * 12);
}

/// As a step does it for each row: the student's softmax, the objective, the chain through the softmax.
template <class Method> void loss(benchmark::State& state) {
  using Obj = decltype(Method::objective);
  Batch batch(state.range(0));
  const Method method;
  const bool balanced = decltype(Method::balancer)::active;
  const CpuTeam team{batch.clusters};
  std::vector<float> probs(static_cast<std::size_t>(batch.clusters));
  for (auto _ : state)
    for (Index i = 0; i < batch.rows; ++i) {
      const float* student = batch.student.row(i);
      const float* partner = Obj::teacher ? batch.partner.row(i) : batch.student.row(i ^ 1);
      const float partition = softmax(team, student, 10.f, probs.data());
      const float partner_partition = log_partition(team, partner, 10.f);
      const PairRow pair{{student, 10.f, partition},
                         probs.data(),
                         {partner, 10.f, partner_partition},
                         Obj::marginal ? batch.log_marginal.data() : nullptr,
                         0.5f,
                         0.5f,
                         0.5f};
      benchmark::DoNotOptimize(row_gradient(team, method.objective, pair,
                                            balanced ? batch.balance.data() : nullptr, 1.f,
                                            batch.gradient.row(i)));
    }
  count(state, batch);
}

void copy(benchmark::State& state) {
  Batch batch(state.range(0));
  for (auto _ : state)
    for (Index i = 0; i < batch.rows; ++i) {
      const float *x = batch.student.row(i), *y = batch.partner.row(i);
      float* out = batch.gradient.row(i);
      CpuTeam{batch.clusters}.each([=](auto c) { c.store(out, c.load(x) + c.load(y)); });
    }
  count(state, batch);
}

void sizes(benchmark::internal::Benchmark* b) {
  for (const Index clusters : {24, 1000, 10'000, 21'841}) b->Arg(clusters);
  b->ArgName("C")->Unit(benchmark::kMillisecond)->MinTime(0.3);
}

BENCHMARK(copy)->Apply(sizes);
BENCHMARK(loss<PMI>)->Name("PMI")->Apply(sizes);
BENCHMARK(loss<WPMI>)->Name("WPMI")->Apply(sizes);
BENCHMARK(loss<TEMI>)->Name("TEMI")->Apply(sizes);
BENCHMARK(loss<SCANv2>)->Name("SCANv2")->Apply(sizes);
BENCHMARK(loss<SCP>)->Name("SCP")->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
