#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>

#include <doctest/doctest.h>

#include <shoal/backend/cuda_step.cuh>
#include <shoal/heads/cpu_step.hpp>

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

/// Three steps on the GPU's kernels and on the CPU, from the same state: the same losses, gradients and
/// marginals.
template <class Method> void agree(const Case& c, Turns turns, std::size_t budget = 0) {
  CAPTURE(c.C);
  CAPTURE(c.B);
  const Method settings = settings_of<Method>(c);
  constexpr bool teacher = decltype(settings.objective)::teacher;
  HeadState expected(settings.shape(c.d), 3, teacher), found = expected;
  const Cpu cpu({.threads = 1});
  CpuStep on_cpu(settings, expected, cpu);
  FakeRuntime runtime(turns);
  {
    GpuStream<FakeRuntime> stream(runtime);
    GpuStep on_gpu(settings, found, stream, budget);
    StepReport want, got;
    for (Index s = 0; s < 3; ++s) {
      const Matrix<float> batch = test::random_rows(2 * c.B, c.d, 10 + static_cast<std::uint64_t>(s));
      const StepControl control{1e-3, s, std::max<Index>(s - 1, 0), s == 0};
      on_cpu.step(batch, control, want);
      on_gpu.step(batch, control, got);
      for (std::size_t h = 0; h < want.loss.size(); ++h)
        CHECK(got.loss[h] == doctest::Approx(want.loss[h]).epsilon(2e-4));
      REQUIRE(got.labels.size() == want.labels.size());
      Index same = 0;
      for (std::size_t i = 0; i < want.labels.size(); ++i) same += want.labels[i] == got.labels[i] ? 1 : 0;
      CHECK(same >= std::ssize(want.labels) - 1);  // a near-tie
      on_gpu.sync();
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

}  // namespace

TEST_CASE_TEMPLATE("a step on the GPU's kernels is the CPU's", Method, PMI, WPMI, TEMI, SCANv2, SCP) {
  agree<Method>({5, 3, 2, 4, {6}}, Turns::ascending);
  agree<Method>({3, 1, 1, 1, {}}, Turns::descending);
  agree<Method>({4, 33, 3, 5, {}}, Turns::ascending);
  agree<Method>({4, 70, 2, 33, {9, 5}}, Turns::descending);
  agree<Method>({4, 513, 2, 3, {5}}, Turns::descending);
  agree<Method>({2, 1000, 1, 2, {5}}, Turns::ascending);
}

TEST_CASE("thirty thousand clusters") {
  agree<TEMI>({2, 30000, 1, 1, {3}}, Turns::ascending);
  agree<SCANv2>({2, 30000, 1, 1, {3}}, Turns::descending);
}

TEST_CASE("teachers' rows kept or computed twice: the same bits") {
  const Case c{3, 40, 3, 6, {4}};
  const TEMI settings = settings_of<TEMI>(c);
  std::vector<double> losses[2];
  Buffer<float> students[2];
  std::size_t peak[2];
  const HeadPlan full = gpu_plan(settings, c.d);
  REQUIRE(full.partner_rows > 0);
  for (int kept = 0; kept < 2; ++kept) {
    FakeRuntime runtime;
    HeadState state(settings.shape(c.d), 3, true);
    GpuStream<FakeRuntime> stream(runtime);
    GpuStep engine(settings, state, stream, kept == 1 ? 0 : full.total - 1);
    StepReport report;
    for (Index s = 0; s < 2; ++s)
      engine.step(test::random_rows(2 * c.B, c.d, static_cast<std::uint64_t>(s)), {1e-3, s, s, false},
                  report);
    engine.sync();
    losses[kept] = report.loss;
    students[kept] = state.student;
    peak[kept] = runtime.peak_bytes();
  }
  CHECK(losses[0] == losses[1]);
  CHECK(students[0] == students[1]);
  CHECK(peak[0] < peak[1]);
  CHECK(peak[1] <= full.total);
}

TEST_CASE("a step waits once, and whatever call fails nothing leaks") {
  const Case c{3, 20, 2, 3, {4}};
  const SCANv2 settings = settings_of<SCANv2>(c);
  const Matrix<float> batch = test::random_rows(2 * c.B, c.d, 1);
  {
    FakeRuntime runtime;
    HeadState state(settings.shape(c.d), 3, true);
    GpuStream<FakeRuntime> stream(runtime);
    GpuStep engine(settings, state, stream, 0);
    StepReport report;
    const Index before = runtime.waits();
    engine.step(batch, {1e-3, 0, 0, false}, report);
    CHECK(runtime.waits() - before <=
          2);  // one for each part of the report, the second finds nothing to wait for
  }
  for (Index call = 1;; ++call) {
    FakeRuntime runtime;
    runtime.fail_at(call);
    bool failed = false;
    try {
      HeadState state(settings.shape(c.d), 3, true);
      GpuStream<FakeRuntime> stream(runtime);
      GpuStep engine(settings, state, stream, 0);
      StepReport report;
      engine.step(batch, {1e-3, 0, 0, false}, report);
      engine.sync();
    } catch (const shoal::error& e) {
      failed = true;
      REQUIRE(e.code() == Errc::device);
    }
    REQUIRE(runtime.live() == 0);
    if (runtime.calls() < call) break;
    REQUIRE(failed);
  }
}

TEST_CASE("SCANv2 at C = 21,841 fits 40 GB, where the paper ran out") {
  SCANv2 settings;
  settings.clusters = 21841, settings.heads = 32, settings.batch = 4096;
  CHECK(gpu_plan(settings, 768).total < std::size_t{40} << 30);
  CHECK_THROWS_AS(check_gpu_plan(settings, 768, std::size_t{1} << 30), shoal::error);
}
