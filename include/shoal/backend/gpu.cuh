// The GPU backend of algorithms: a runtime, a stream, and settings.
#pragma once

#include <concepts>
#include <memory>

#include <shoal/backend/backend.hpp>
#include <shoal/backend/cpu.hpp>
#include <shoal/backend/gpu_memory.cuh>

namespace shoal {

/// The resources that a Gpu may use of its device and of the host.
struct GpuSettings {
  std::size_t memory = 0;  ///< bytes of device memory that one call may plan for; 0: 90 % of what is free
  Precision precision = Precision::float32;  ///< of the products of k-means, neighbours and heads
  bool refine = false;  ///< whether k-means compares the centroids that products can't tell apart in double,
                        ///< so that labels do not depend on the precision
  int threads = 0;      ///< host threads, which read rows; 0: all
};

/// Calls f(i) for each i in [0, n), one thread for each item.
struct EachRow {
  template <class Exec, class F> SHOAL_HD void operator()(Exec& exec, Index n, F f) const {
    const Index i = thread_item(exec);
    if (i < n) f(i);
  }
};

/// A handle to a GPU, for one host thread at a time; copies share its stream. It is a Backend whose tasks run
/// on the threads of the host, so every algorithm runs on it; algorithms with device engines (kmeans/cuda,
/// neighbors/cuda, heads/cuda) run on the device.
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
  /// The bytes of device memory that a call may plan for. If it must ask the device, it waits for the stream,
  /// so that memory about to be freed counts as free.
  [[nodiscard]] std::size_t memory() const {
    if (settings_.memory > 0) return settings_.memory;
    stream_->synchronize();
    return stream_->runtime().free_memory() / 10 * 9;
  }
  /// What remains of memory() after `needed` bytes.
  [[nodiscard]] std::size_t room_beside(std::size_t needed) const {
    const std::size_t all = memory();
    return all > needed ? all - needed : 0;
  }

  /// The number of host threads.
  [[nodiscard]] int threads() const { return host_.threads(); }
  template <class F> void each_task(Index tasks, F&& f) const { host_.each_task(tasks, f); }
  /// c ← a b, or c += a b, in host memory, computed by the host.
  void product(Operand a, Operand b, MatrixView<float> c, Update update = Update::assign) const {
    host_.product(a, b, c, update);
  }

  /// Calls f(i) once for each i in [0, n) on the device, where f must be callable. Enqueues the work and does
  /// not wait.
  template <class F> void each_row_on_device(Index n, F f) const {
    stream_->launch(thread_per_item(n), EachRow{}, n, f);
  }

 private:
  GpuSettings settings_;
  Cpu host_;
  std::shared_ptr<GpuStream<Rt>> stream_;
};

/// A Gpu<Rt> or a class derived from it, such as Cuda: the backends with device engines.
template <class B>
concept GpuBackend = Backend<B> && std::derived_from<B, Gpu<typename B::Runtime>>;

}  // namespace shoal
