// Training steps on several GPUs of one process, which share the heads.
#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <shoal/backend/gpus.cuh>
#include <shoal/heads/cuda/step.cuh>
#include <shoal/heads/shared_step.hpp>

namespace shoal {

/// A training step by several engines, each of which trains its share of the heads on the whole batch, on a
/// thread of its own. No gradient travels; for TEMI the engines exchange the agreements of their heads, B
/// floats a head, through the host. The sums are those of one engine with all heads; the bits are the same
/// where products of fewer heads have them, and cuBLAS may choose other kernels for other shapes.
class ParallelStep final : public StepEngine {
 public:
  using MakeEngine = std::function<std::unique_ptr<StepEngine>(HeadState&, std::size_t)>;

  /// `make` makes the engine of the given number for some heads. Engines without heads, where there are more
  /// than heads, are not made. sync() updates `state`, which has all heads and must outlive the engine.
  ParallelStep(const HeadSettings& settings, HeadState& state, std::size_t engines, const MakeEngine& make)
      : state_(state), agreements_(settings.needs.all_heads() ? settings.heads : 0, settings.batch) {
    for (std::size_t i = 0; i < engines; ++i) {
      const HeadShare share =
          HeadShare::of(settings.heads, static_cast<Index>(i), static_cast<Index>(engines));
      if (share.count == 0) continue;
      Part& part = *parts_.emplace_back(std::make_unique<Part>(share, state_of_heads(state, share)));
      part.engine = make(part.own, i);
      part.engine->share_heads([this, &part](MatrixView<const float> own) { return exchange(part, own); });
    }
  }

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    all_here_.emplace(std::ssize(parts_));
    std::vector<std::thread> threads;
    for (const auto& part : parts_) threads.emplace_back([&, this] { step(*part, batch, control); });
    for (std::thread& thread : threads) thread.join();
    report.loss.clear();
    report.labels.clear();
    for (const auto& part : parts_) {
      if (part->thrown) std::rethrow_exception(std::exchange(part->thrown, nullptr));
      report.loss.insert(report.loss.end(), part->report.loss.begin(), part->report.loss.end());
      report.labels.insert(report.labels.end(), part->report.labels.begin(), part->report.labels.end());
    }
  }

  void sync() override {
    for (const auto& part : parts_) {
      part->engine->sync();
      each_shared_range(state_.shape, part->share.first, part->own.shape, [&](Index to, Index from, Index n) {
        std::copy_n(part->own.student.data() + from, n, state_.student.data() + to);
        std::copy_n(part->own.first_moment.data() + from, n, state_.first_moment.data() + to);
        std::copy_n(part->own.second_moment.data() + from, n, state_.second_moment.data() + to);
        if (!state_.teacher.empty())
          std::copy_n(part->own.teacher.data() + from, n, state_.teacher.data() + to);
      });
      for (Index h = 0; h < part->share.count; ++h)
        std::copy_n(part->own.marginal.row(h), state_.shape.clusters,
                    state_.marginal.row(part->share.first + h));
    }
  }

 private:
  struct Part {
    Part(HeadShare heads, HeadState state) : share(heads), own(std::move(state)) {}
    HeadShare share;
    HeadState own;
    std::unique_ptr<StepEngine> engine;
    StepReport report;
    std::exception_ptr thrown;
    bool here = false;  // whether the others need not wait for it any more
  };

  /// The step of one part. If it throws, the others still meet.
  void step(Part& part, MatrixView<const float> batch, const StepControl& control) {
    part.here = false;
    try {
      part.engine->step(batch, control, part.report);
    } catch (...) {
      part.thrown = std::current_exception();
    }
    if (!part.here) all_here_->count_down();
  }
  /// Waits for the agreements of all parts.
  std::vector<float> exchange(Part& part, MatrixView<const float> own) {
    std::copy_n(own.data, own.rows * own.cols, agreements_.row(part.share.first));
    part.here = true;
    all_here_->arrive_and_wait();
    return {agreements_.data(), agreements_.data() + agreements_.size()};
  }

  HeadState& state_;
  Matrix<float> agreements_;  // [H × B]
  std::vector<std::unique_ptr<Part>> parts_;
  std::optional<std::latch> all_here_;
};

/// The training engine of several GPUs. Each plans for the largest share of the heads.
template <ManyGpuBackend B> struct StepOn<B> {
  using Device = Gpu<typename B::Runtime>;
  using One = StepOn<Device>;
  static constexpr const char* name = One::name;

  static Precision precision(const B& gpus, Precision asked) { return One::precision(gpus, asked); }
  static MemoryPlan plan(const HeadSettings& settings, Index features, const B& gpus) {
    const Index most = HeadShare::of(settings.heads, 0, std::ssize(gpus.devices())).count;
    return One::plan(settings.with_heads(most), features, gpus);
  }
  template <Objective Obj, Balancer Bal>
  static std::unique_ptr<StepEngine> make(const Heads<Obj, Bal>& settings, HeadState& state, const B& gpus) {
    return std::make_unique<ParallelStep>(
        settings.general(), state, gpus.devices().size(),
        [&](HeadState& own, std::size_t i) { return One::make(settings, own, gpus.devices()[i]); });
  }
  static void probe(const B& gpus, MatrixView<const float> a, MatrixView<const float> b,
                    MatrixView<float> c) {
    One::probe(gpus, a, b, c);
  }
};

}  // namespace shoal
