// How long does a step of heads take, against its matrix products alone?
//   step METHOD H C B d [steps] [float32|bfloat16]      METHOD: pmi, wpmi, temi, scan, scp
// Prints one line of JSON: milliseconds of the fastest step, of the products of a step by Cpu::product (the
// floor: 8 multiply-adds a parameter and pair: student forward and twice backward, teacher forward), planned
// and peak bytes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>

using namespace shoal;

namespace {

/// The fastest of some runs: what others do on the machine only ever adds.
template <class F> double fastest_ms(Index repeats, F&& f) {
  double least = 1e300;
  for (Index i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    f();
    least = std::min(
        least, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

double product_gflops(const Cpu& cpu) {
  const Matrix<float> a(8192, 384, 0.5f), b(1000, 384, 0.25f);
  Matrix<float> c(8192, 1000, 0.f);
  return 2.0 * 8192 * 384 * 1000 / 1e6 / fastest_ms(7, [&] { cpu.product({a, false}, {b, true}, c); });
}

template <class Method> void measure(const std::string& name, const Method& s, Index d, Index steps) {
  const Cpu cpu;
  using Obj = decltype(s.objective);
  HeadState state(s.shape(d), 1, Obj::teacher);
  const auto engine = StepOn<Cpu>::make(s, state, cpu);
  Matrix<float> batch(2 * s.batch, d);
  for (Index i = 0; i < batch.size(); ++i)
    batch.data()[i] = static_cast<float>(Philox(1, 2).normal(static_cast<std::uint64_t>(i)));
  StepReport report;
  Index done = 0;
  const auto step = [&] {
    engine->step(batch, {1e-4, done, done, false}, report);
    ++done;
  };
  const double first = fastest_ms(1, step);  // the figure where no other step is asked for
  const double ms = steps > 0 ? fastest_ms(steps, step) : first, rate = product_gflops(cpu);
  const double one_head = static_cast<double>(state.shape.size() / state.shape.heads);
  const double work = 2 * (Obj::teacher ? 4 : 3) * 2 * static_cast<double>(s.batch * s.heads) * one_head;
  const MemoryPlan plan = StepOn<Cpu>::plan(s.general(), d, cpu);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"method\": \"%s\", \"H\": %ld, \"C\": %ld, \"B\": %ld, \"d\": %ld, \"step_ms\": %.1f, \"gflop\": "
      "%.2f, "
      "\"product_gflops\": %.0f, \"own_floor_ms\": %.1f, \"planned_gib\": %.2f, \"peak_gib\": %.2f}\n",
      name.c_str(), s.heads, s.clusters, s.batch, d, ms, work / 1e9, rate, work / 1e6 / rate,
      static_cast<double>(plan.total()) / (1 << 30), static_cast<double>(usage.ru_maxrss) / (1 << 20));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return std::puts("step METHOD H C B d [steps] [float32|bfloat16]"), 1;
  const std::string method = argv[1];
  const auto number = [&](int i) { return static_cast<Index>(std::atoll(argv[i])); };
  const auto run = [&](auto s) {
    s.heads = number(2), s.clusters = number(3), s.batch = number(4);
    if (argc > 7 && argv[7] == std::string("bfloat16")) s.precision = Precision::bfloat16;
    measure(method, s, number(5), argc > 6 ? number(6) : 9);
  };
  if (method == "pmi") run(PMI{});
  if (method == "wpmi") run(WPMI{});
  if (method == "temi") run(TEMI{});
  if (method == "scan") run(SCANv2{});
  if (method == "scp") run(SCP{});
}
