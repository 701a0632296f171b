// The law of a step of heads by the GPU's kernels: the losses of the CPU's step. Asked of a GPU
// (cuda/device.cu) and of the runtime that stands for one (cuda/step_test.cpp).
#pragma once

#include <algorithm>
#include <cmath>
#include <support/random_rows.hpp>

#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/heads/cuda/step.cuh>

namespace test {

struct StepComparison {
  double off = 0;         ///< the most that a loss is off the CPU's, as a share of it
  bool same_bits = true;  ///< of losses, labels and parameters, when all is done again
};

/// The difference as a share. Losses near zero (with a single cluster they are zero) are what is left of
/// logarithms of order one: below 0.01 they count as 0.01.
inline double loss_gap(double a, double b) {
  return std::abs(a - b) / std::max({std::abs(a), std::abs(b), 0.01});
}

/// Three steps from the same state on the CPU and, with products at a precision, twice on the stream's
/// device. The batch is laid out the same for both, and is more than one of the CPU's
/// blocks of pairs.
template <class Method, class Rt>
StepComparison compare_steps(shoal::Index clusters, shoal::Precision precision, shoal::GpuStream<Rt>& stream,
                             const shoal::Cpu& cpu) {
  using namespace shoal;
  constexpr Index features = 50;
  Method settings;
  settings.clusters = clusters, settings.heads = 3, settings.batch = 2 * cpu_pair_block - 1;
  settings.hidden = {65}, settings.bottleneck = 33;
  Method rounded = settings;
  rounded.precision = precision;
  HeadState expected(settings.shape(features), 1, decltype(settings.objective)::teacher), found = expected,
                                                                                          again = expected;
  const auto on_cpu = StepOn<Cpu>::make(settings, expected, cpu);
  GpuStep on_gpu(rounded, found, stream, 0), on_gpu_again(rounded, again, stream, 0);
  StepReport want, got, same;
  StepComparison all;
  for (Index s = 0; s < 3; ++s) {
    const Matrix<float> batch = random_rows(2 * settings.batch, features, 3 + static_cast<std::uint64_t>(s));
    const StepControl control{1e-3, s, s, false};
    on_cpu->step(batch, control, want);
    on_gpu.step(batch, control, got);
    on_gpu_again.step(batch, control, same);
    for (std::size_t h = 0; h < want.loss.size(); ++h)
      all.off = std::max(all.off, loss_gap(want.loss[h], got.loss[h]));
    all.same_bits = all.same_bits && got.loss == same.loss && got.labels == same.labels;
  }
  on_gpu.sync();
  on_gpu_again.sync();
  all.same_bits = all.same_bits && found.student == again.student && found.teacher == again.teacher;
  return all;
}

}  // namespace test
