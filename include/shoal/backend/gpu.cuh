// A GPU as algorithms take it: a runtime, a stream, and what goes with them.
#pragma once

#include <concepts>
#include <memory>

#include <shoal/backend/backend.hpp>
#include <shoal/backend/cpu.hpp>
#include <shoal/backend/gpu_memory.cuh>

namespace shoal {

/// What a Gpu may use of its device and of the host.
struct GpuSettings {
  std::size_t memory = 0;  ///< device bytes that one call may plan for; 0: nine tenths of what is free
  Precision precision = Precision::float32;  ///< of k-means', neighbours' and heads' products
  int threads = 0;                           ///< of the host, which reads rows; 0: all that the machine has
};

/// f(i) for each i below n. A thread an item.
struct EachRow {
  template <class Exec, class F> SHOAL_HD void operator()(Exec& exec, Index n, F f) const {
    const Index i = thread_item(exec);
    if (i < n) f(i);
  }
};

/// A handle on a GPU, for one host thread at a time; copies share its stream. It is a Backend: tasks run on
/// the threads of its host, so every algorithm runs on it; those that have device engines (kmeans/cuda,
/// neighbors/cuda, heads/cuda) run there.
template <shoal::Runtime Rt> class Gpu {
 public:
  using Runtime = Rt;

  Gpu(const Rt& runtime, const GpuSettings& settings)
      : settings_(settings),
        host_({.threads = settings.threads}),
        stream_(std::make_shared<GpuStream<Rt>>(runtime)) {}

  [[nodiscard]] const GpuSettings& settings() const { return settings_; }
  [[nodiscard]] const Cpu& host() const { return host_; }
  [[nodiscard]] GpuStream<Rt>& stream() const { return *stream_; }
  /// What a call may plan for. Waits for the stream where it must ask the device: memory that is about to be
  /// given back counts as free.
  [[nodiscard]] std::size_t memory() const {
    if (settings_.memory > 0) return settings_.memory;
    stream_->synchronize();
    return stream_->runtime().free_memory() / 10 * 9;
  }
  /// What is left of memory() beside `needed` bytes.
  [[nodiscard]] std::size_t room_beside(std::size_t needed) const {
    const std::size_t all = memory();
    return all > needed ? all - needed : 0;
  }

  /// The host's workers.
  [[nodiscard]] int threads() const { return host_.threads(); }
  template <class F> void each_task(Index tasks, F&& f) const { host_.each_task(tasks, f); }
  /// c ← a b, or c += a b, of host memory, by the host.
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    host_.product(a, b, c, update);
  }

  /// f(i) once for each i in [0, n), on the device: f is callable there. Enqueues, and does not wait.
  template <class F> void each_row_on_device(Index n, F f) const {
    stream_->launch(thread_per_item(n), EachRow{}, n, f);
  }

 private:
  GpuSettings settings_;
  Cpu host_;
  std::shared_ptr<GpuStream<Rt>> stream_;
};

/// Gpu<Rt>, or a class derived from it, as Cuda is: the backends for which algorithms have device engines.
template <class B>
concept GpuBackend = Backend<B> && std::derived_from<B, Gpu<typename B::Runtime>>;

}  // namespace shoal
