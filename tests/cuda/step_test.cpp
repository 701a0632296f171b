#include <support/gpu.hpp>
#include <support/step_law.hpp>
#include <support/thread_ranks.hpp>

#include <doctest/doctest.h>

#include <shoal/heads/cuda/step_on_gpus.cuh>

using namespace shoal;
using host::FakeRuntime;
using host::Turns;

namespace {

struct Case {
  Index d, C, H, B;
  std::vector<Index> hidden;
};

void close(const Buffer<float>& expected, const Buffer<float>& found, float share) {
  REQUIRE(expected.size() == found.size());
  float largest = 0, off = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    off = std::max(off, std::isfinite(found[i]) ? std::abs(expected[i] - found[i])
                                                : std::numeric_limits<float>::infinity());
  }
  CHECK(off <= share * largest + 1e-9f);
}

template <class Method> Method settings_of(const Case& c) {
  Method settings;
  settings.clusters = c.C, settings.heads = c.H, settings.batch = c.B;
  settings.hidden = c.hidden, settings.bottleneck = 7;
  return settings;
}

/// A state, and a step for it on a runtime.
template <class Method> struct OnGpu {
  OnGpu(const Method& settings, Index d, const FakeRuntime& runtime, std::size_t budget = 0)
      : state(settings.shape(d), 3, decltype(settings.objective)::teacher),
        stream(runtime),
        engine(settings, state, stream, budget) {}

  HeadState state;
  GpuStream<FakeRuntime> stream;
  GpuStep<decltype(Method::objective), decltype(Method::balancer), FakeRuntime> engine;
  StepReport report;
};

Matrix<float> batch_of(const Case& c, Index step) {
  return test::random_rows(2 * c.B, c.d, 10 + static_cast<std::uint64_t>(step));
}

/// Steps on the GPU's kernels and on the CPU, from the same state: the same losses, gradients and marginals.
/// The last layer is frozen in the first of several.
template <class Method> void agree(const Case& c, Turns turns, Index steps = 3) {
  CAPTURE(c.C);
  CAPTURE(c.B);
  const Method settings = settings_of<Method>(c);
  const FakeRuntime runtime(turns);
  {
    OnGpu<Method> gpu(settings, c.d, runtime);
    HeadState expected = gpu.state;
    const HeadState& found = gpu.state;
    const Cpu cpu({.threads = 1});
    const auto on_cpu = StepOn<Cpu>::make(settings, expected, cpu);
    StepReport want;
    const StepReport& got = gpu.report;
    for (Index s = 0; s < steps; ++s) {
      const Matrix<float> batch = batch_of(c, s);
      const StepControl control{1e-3, s, std::max<Index>(s - 1, 0), s == 0 && steps > 1};
      on_cpu->step(batch, control, want);
      gpu.engine.step(batch, control, gpu.report);
      for (std::size_t h = 0; h < want.loss.size(); ++h)
        CHECK(got.loss[h] == doctest::Approx(want.loss[h]).epsilon(2e-4));
      REQUIRE(got.labels.size() == want.labels.size());
      Index same = 0;
      for (std::size_t i = 0; i < want.labels.size(); ++i) same += want.labels[i] == got.labels[i] ? 1 : 0;
      CHECK(same >= std::ssize(want.labels) - 1);  // a near-tie
      gpu.engine.sync();
      close(expected.first_moment, found.first_moment, s == 0 ? 2e-5f : 2e-3f);
      expected.student = found.student;  // Adam makes rounding of tiny gradients large: do not let it add up
      expected.teacher = found.teacher;
      if (s == 0) close(expected.second_moment, found.second_moment, 1e-4f);
    }
    for (Index i = 0; i < expected.marginal.size(); ++i)
      REQUIRE(found.marginal.data()[i] == doctest::Approx(expected.marginal.data()[i]).epsilon(1e-3));
  }
  CHECK(runtime.live() == 0);
}

/// A first step by products of less precision, against the CPU's. Rounding by a relative u moves what a layer
/// puts out, rows of length one or cosines, by about u; the temperature divides what L layers sum up to.
template <class Method> void agree_roughly(const Case& c, Precision precision) {
  CAPTURE(static_cast<int>(precision));
  const Method settings = settings_of<Method>(c);
  Method rounded = settings;
  rounded.precision = precision;
  OnGpu<Method> gpu(rounded, c.d, FakeRuntime());
  HeadState expected = gpu.state;
  const Cpu cpu({.threads = 1});
  const auto on_cpu = StepOn<Cpu>::make(settings, expected, cpu);
  StepReport want;
  on_cpu->step(batch_of(c, 0), {1e-3, 0, 0, false}, want);
  gpu.engine.step(batch_of(c, 0), {1e-3, 0, 0, false}, gpu.report);
  gpu.engine.sync();
  const double layers = static_cast<double>(c.hidden.size()) + 2;
  const double slack = layers * host::unit_roundoff(precision) / settings.student_temperature;
  for (std::size_t h = 0; h < want.loss.size(); ++h) {
    CHECK(std::abs(want.loss[h] - gpu.report.loss[h]) <= slack);
    CHECK(want.loss[h] != gpu.report.loss[h]);  // it is rounded indeed
  }
  close(expected.first_moment, gpu.state.first_moment, static_cast<float>(slack));
}

}  // namespace

TEST_CASE_TEMPLATE("a step on the GPU's kernels is the CPU's", Method, PMI, WPMI, TEMI, SCANv2, SCP) {
  agree<Method>({5, 3, 2, 4, {6}}, Turns::ascending);
  agree<Method>({3, 1, 1, 1, {}}, Turns::descending);
  agree<Method>({4, 33, 3, 5, {}}, Turns::ascending);
  agree<Method>({4, 70, 2, 33, {9, 5}}, Turns::descending);
  agree<Method>({4, 513, 2, 3, {5}}, Turns::descending);
  agree<Method>({2, 1000, 1, 2, {5}}, Turns::ascending);
  agree<Method>({2, 1025, 1, 1, {}}, Turns::descending, 1);
  agree<Method>({2, LongRows::longest + 1, 1, 1, {}}, Turns::ascending, 1);
}

TEST_CASE_TEMPLATE("the law that a GPU is asked", Method, PMI, WPMI, TEMI, SCANv2, SCP) {
  for (const Index clusters : {1, 33, 700}) {
    CAPTURE(clusters);
    GpuStream<FakeRuntime> stream(FakeRuntime{});
    const test::StepComparison found =
        test::compare_steps<Method>(clusters, Precision::float32, stream, Cpu({.threads = 1}));
    CHECK(found.off <= 2e-3);
    CHECK(found.same_bits);
  }
}

TEST_CASE("thirty thousand clusters: rows that stay in memory") {
  REQUIRE(rows_in_memory(30000));
  agree<TEMI>({2, 30000, 1, 1, {3}}, Turns::ascending, 1);
  agree<SCANv2>({2, 30000, 1, 1, {}}, Turns::descending, 1);
}

TEST_CASE_TEMPLATE("products of less precision: the CPU's step to the rounding of their factors", Method, PMI,
                   TEMI, SCANv2, SCP) {
  for (const Precision precision : {Precision::tf32, Precision::float16, Precision::bfloat16}) {
    agree_roughly<Method>({20, 70, 2, 9, {17, 9}}, precision);
    agree_roughly<Method>({6, 530, 2, 3, {}}, precision);
  }
}

TEST_CASE("teachers' rows kept or computed twice: the same bits") {
  const Case c{3, 40, 3, 6, {4}};
  TEMI settings = settings_of<TEMI>(c);
  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    settings.precision = precision;
    std::vector<double> losses[2];
    Buffer<float> students[2];
    std::size_t peak[2];
    const MemoryPlan full = gpu_step_plan(settings.general(), c.d);
    REQUIRE(full["partner rows"] > 0);
    for (int kept = 0; kept < 2; ++kept) {
      const FakeRuntime runtime;
      OnGpu<TEMI> gpu(settings, c.d, runtime, kept == 1 ? 0 : full.total() - 1);
      for (Index s = 0; s < 2; ++s) gpu.engine.step(batch_of(c, s), {1e-3, s, s, false}, gpu.report);
      gpu.engine.sync();
      losses[kept] = gpu.report.loss;
      students[kept] = gpu.state.student;
      peak[kept] = runtime.peak_bytes();
    }
    CHECK(losses[0] == losses[1]);
    CHECK(students[0] == students[1]);
    CHECK(peak[0] < peak[1]);
    CHECK(peak[1] <= full.total());
  }
}

TEST_CASE_TEMPLATE("from the second step on a step is one graph, or two where agreements come first", Method,
                   PMI, TEMI, SCANv2, SCP) {
  const Case c{3, 20, 2, 3, {4}};
  const FakeRuntime runtime;
  OnGpu<Method> gpu(settings_of<Method>(c), c.d, runtime);
  gpu.engine.step(batch_of(c, 0), {1e-3, 0, 0, false}, gpu.report);
  Index operations = runtime.operations();
  gpu.engine.step(batch_of(c, 1), {1e-3, 1, 1, false}, gpu.report);
  const Index recorded = runtime.operations() - std::exchange(operations, runtime.operations());
  if (std::is_same_v<Method, TEMI>) CHECK(recorded == 14 + 27 * c.H);  // as docs/performance-model.md says
  if (std::is_same_v<Method, SCANv2>) CHECK(recorded == 13 + 27 * c.H);
  const Index calls = runtime.calls(), waits = runtime.waits();
  gpu.engine.step(batch_of(c, 2), {1e-3, 2, 2, false}, gpu.report);
  CHECK(runtime.calls() - calls <= (std::is_same_v<Method, TEMI> ? 2 : 1) + 2);  // and two waits
  CHECK(runtime.operations() - operations == recorded);
  CHECK(runtime.waits() - waits <=
        2);  // one for each part of the report, the second finds nothing to wait for
}

TEST_CASE("whatever call of a step fails, recorded ones included, nothing leaks") {
  const Case c{3, 20, 2, 3, {4}};
  SCANv2 settings = settings_of<SCANv2>(c);
  settings.precision = Precision::bfloat16;
  host::survives_failures(false, [&](const FakeRuntime& failing) {
    OnGpu<SCANv2> other(settings, c.d, failing);
    for (Index s = 0; s < 3; ++s) other.engine.step(batch_of(c, s), {1e-3, s, s, s == 0}, other.report);
    other.engine.sync();
  });
}

namespace {

/// Three steps of an engine.
std::vector<double> train(StepEngine& engine, const Case& c, StepReport& report) {
  std::vector<double> losses;
  for (Index s = 0; s < 3; ++s) {
    engine.step(batch_of(c, s), {1e-3, s, s, false}, report);
    losses.insert(losses.end(), report.loss.begin(), report.loss.end());
  }
  engine.sync();
  return losses;
}

Gpu<FakeRuntime> emulated_gpu() { return {FakeRuntime(), {.threads = 1}}; }

}  // namespace

TEST_CASE_TEMPLATE("heads shared by several GPUs, or by ranks with a GPU each: the bits of one GPU", Method,
                   TEMI, PMI, SCANv2) {
  const Case c{3, 20, 3, 4, {5}};
  const Method settings = settings_of<Method>(c);
  const HeadState start(settings.shape(c.d), 3, true);
  HeadState expected = start;
  StepReport want;
  const Gpu<FakeRuntime> one = emulated_gpu();
  const auto alone = StepOn<Gpu<FakeRuntime>>::make(settings, expected, one);
  const std::vector<double> losses = train(*alone, c, want);
  const auto same = [&](const HeadState& found, const StepReport& got) {
    return got.labels == want.labels && found.student == expected.student &&
           found.teacher == expected.teacher && found.second_moment == expected.second_moment &&
           std::ranges::equal(found.marginal.view().span(0), expected.marginal.view().span(0));
  };

  for (const std::size_t count : {1, 2, 5}) {
    CAPTURE(count);
    std::vector<Gpu<FakeRuntime>> devices;
    while (devices.size() < count) devices.push_back(emulated_gpu());
    const Gpus<FakeRuntime> gpus(devices);
    HeadState found = start;
    StepReport got;
    const auto engine = StepOn<Gpus<FakeRuntime>>::make(settings, found, gpus);
    CHECK(train(*engine, c, got) == losses);
    CHECK(same(found, got));
  }
  for (const int count : {2, 4}) {
    CAPTURE(count);
    std::vector<char> right(static_cast<std::size_t>(count));
    test::over_ranks(count, [&](const test::ThreadRank& rank) {
      const Ranks ranks(rank, emulated_gpu());
      HeadState found = start;
      StepReport got;
      const auto engine = StepOn<std::remove_const_t<decltype(ranks)>>::make(settings, found, ranks);
      const bool equal = train(*engine, c, got) == losses;
      right[static_cast<std::size_t>(rank.rank())] = equal && same(found, got);
    });
    CHECK(std::ranges::count(right, 1) == count);
  }
}

TEST_CASE("SCANv2 at C = 21,841 fits 40 GB, where the paper ran out") {
  SCANv2 settings;
  settings.clusters = 21841, settings.heads = 32, settings.batch = 4096;
  CHECK(gpu_step_plan(settings.general(), 768).total() < std::size_t{40} << 30);
  CHECK(!gpu_step_plan(settings.general(), 768, std::size_t{1} << 30).fits(std::size_t{1} << 30));
}
