// The concept Runtime: what a new device must provide. Needs no CUDA: the tests replace CUDA by a runtime
// that counts calls, checks their order and fails on demand (tests/support/fake_runtime.hpp).
#pragma once

#include <concepts>
#include <cstddef>

#include <shoal/backend/gpu_factor.cuh>
#include <shoal/backend/gpu_team.cuh>

namespace shoal {

/// A kernel that does nothing, to probe the concept below.
struct AnyKernel {
  template <class Exec> SHOAL_HD void operator()(Exec&, Index) const {}
};

/// The memory, streams and calls of a device as the GPU algorithms use them, behind a cheap handle
/// (CudaRuntime is the one for CUDA). Every call that takes a stream returns at once; work is ordered by
/// streams and events alone: after wait(stream, event), work enqueued on the stream runs after the event's
/// last record. allocate and free take effect in the order of the stream. host_access(p) announces that the
/// host is about to access pinned memory. launch runs a kernel of backend/gpu_team.cuh; product computes c ←
/// op(a) op(b) with float32 sums; sort_pairs sorts by ascending key and is stable; free_memory() is the
/// number of bytes that can be allocated. Between begin_capture and end_capture, the copies, zeros, launches
/// and products of a stream are recorded instead of run; launch_graph enqueues all of them in their order,
/// any number of times; abandon_capture ends a recording that failed. Calls throw error(Errc::device) with
/// the status. finish_stream (which waits), abandon_capture, destroy_… and free… never throw: an error that
/// they meet has been reported already, or will be by the next call that can throw. Laws:
/// tests/laws/runtime.hpp.
template <class R>
concept Runtime = std::copyable<R> && requires(R r, void* p, const void* from, std::size_t bytes, Factor a,
                                               MatrixView<float> c, Label* keys, Index count) {
  r.destroy_stream(r.create_stream());
  r.finish_stream(r.create_stream());
  r.synchronize_stream(r.create_stream());
  r.destroy_event(r.create_event());
  r.synchronize_event(r.create_event());
  r.record(r.create_event(), r.create_stream());
  r.wait(r.create_stream(), r.create_event());
  { r.allocate(bytes, r.create_stream()) } -> std::same_as<void*>;
  r.free(p, r.create_stream());
  { r.allocate_pinned(bytes) } -> std::same_as<void*>;
  r.free_pinned(p);
  r.host_access(from);
  r.copy(p, from, bytes, r.create_stream());
  r.zero(p, bytes, r.create_stream());
  r.launch(r.create_stream(), Grid{1}, AnyKernel{}, count);
  r.product(r.create_stream(), a, a, c);
  r.sort_pairs(r.create_stream(), keys, keys, count);
  r.begin_capture(r.create_stream());
  { r.end_capture(r.create_stream()) } -> std::same_as<typename R::Graph>;
  r.abandon_capture(r.create_stream());
  r.launch_graph(r.end_capture(r.create_stream()), r.create_stream());
  r.destroy_graph(r.end_capture(r.create_stream()));
  { r.free_memory() } -> std::convertible_to<std::size_t>;
};

}  // namespace shoal
