// Work that a stream repeats: recorded once, and enqueued by a single call from then on.
#pragma once

#include <optional>

#include <shoal/backend/gpu_memory.cuh>

namespace shoal {

/// Owns recorded work of a stream, which must outlive it.
template <class Rt> class GpuGraph {
 public:
  /// Records what enqueue() enqueues on the stream, which does not run. enqueue() must not wait, nor allocate
  /// or free memory.
  template <class F> GpuGraph(GpuStream<Rt>& stream, F&& enqueue) : stream_(stream), rt_(stream.runtime()) {
    rt_.begin_capture(stream.id());
    try {
      enqueue();
    } catch (...) {
      rt_.abandon_capture(stream.id());
      throw;
    }
    id_ = rt_.end_capture(stream.id());
  }
  ~GpuGraph() { rt_.destroy_graph(id_); }
  GpuGraph(const GpuGraph&) = delete;
  GpuGraph& operator=(const GpuGraph&) = delete;

  /// Enqueues the work. It accesses the memory that it was recorded with, with what it holds then.
  void replay() { rt_.launch_graph(id_, stream_.id()); }

 private:
  GpuStream<Rt>& stream_;
  Rt rt_;
  typename Rt::Graph id_{};
};

/// Work that is enqueued again and again, the same each time: directly at first, so that libraries prepare
/// themselves, and from the second time on as a graph.
template <class Rt> class RepeatedWork {
 public:
  template <class F> void run(GpuStream<Rt>& stream, F&& enqueue) {
    if (!enqueued_) {
      enqueue();
      enqueued_ = true;
      return;
    }
    if (!graph_) graph_.emplace(stream, enqueue);
    graph_->replay();
  }
  /// To be called before the work changes.
  void forget() {
    graph_.reset();
    enqueued_ = false;
  }

 private:
  std::optional<GpuGraph<Rt>> graph_;
  bool enqueued_ = false;
};

}  // namespace shoal
