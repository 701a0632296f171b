// Runs kernels of shoal on the CPU: the execution layer of backend/gpu_team.cuh by fibres.
//
// Blocks run one after the other, and so do the warps of a block, each until it waits for the others; the
// threads of a warp take turns and switch only where they meet. The order of turns is part of the test: where
// a barrier is missing, ascending or descending order reads a value before it was written, each time. A
// barrier that some threads pass and others don't is an error here, not a hang. Under ThreadSanitizer each
// thread is a thread to it too, and only barriers put accesses in order: it finds races that came out right.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <support/host_thread.hpp>
#include <typeinfo>
#include <ucontext.h>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace host {

/// The fibres of a block and their scheduler. They live from block to block and launch to launch.
class Fibres final : public Meeting {
 public:
  explicit Fibres(int threads) : fibres_(static_cast<std::size_t>(threads)) {
    for (int t = 0; t < threads; ++t) start(t);
  }

  /// body(thread, block) once for each fibre and block. After an exception the object is of no more use.
  template <class Body> void run(Index blocks, Body&& body, Turns turns) {
    call_ = [](void* context, int thread, Index block) {
      (*static_cast<std::remove_reference_t<Body>*>(context))(thread, block);
    };
    context_ = &body;
    release(launched_);
    for (Index b = 0; b < blocks; ++b) {
      block_.store(b, std::memory_order_relaxed);
      running.block = b;
      run_block(turns);
    }
    acquire(ended_);
  }

  void meet(int thread, At where) override {
    Fibre& f = fibre(thread);
    f.at.store(where, std::memory_order_relaxed);
    if (where == At::end) release(ended_);
    leave(f);
  }

 private:
  // Not a power of two: what the fibres of a block use of their stacks must not meet in one set of a cache.
  static constexpr std::size_t stack_bytes = 64 * 1024 + 11 * 64;
  struct Fibre {
    std::unique_ptr<std::byte[]> stack = std::make_unique_for_overwrite<std::byte[]>(stack_bytes);
    ucontext_t context{};
    std::atomic<At> at = At::end;
    void* sanitizer = nullptr;
    void* resume_at[5];
    bool started = false;
  };

  void run_block(Turns turns) {
    const int count = static_cast<int>(fibres_.size());
    do {
      for (int w = 0; w < count; w += warp_size)
        run_warp(turns == Turns::ascending ? w : count - warp_size - w, turns);
      if (failure_) std::rethrow_exception(failure_);
    } while (all(0, count, At::block));
    if (!all(0, count, At::end))
      throw std::logic_error("a barrier is not reached by all threads of its block or warp");
  }

  /// Runs the threads of a warp until they no longer meet as a warp.
  void run_warp(int first, Turns turns) {
    do {
      for (int i = 0; i < warp_size; ++i) {
        const int t = first + (turns == Turns::ascending ? i : warp_size - 1 - i);
        running.thread = t;
        resume(fibre(t));
        running.thread = -1;
      }
    } while (all(first, first + warp_size, At::warp));
  }

  void start(int thread) {
    Fibre& f = fibre(thread);
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack.get();
    f.context.uc_stack.ss_size = stack_bytes;
    f.context.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&f.context, reinterpret_cast<void (*)()>(&Fibres::enter), 3,
                static_cast<unsigned>(self >> 32), static_cast<unsigned>(self),
                static_cast<unsigned>(thread));
#if defined(__SANITIZE_THREAD__)
    f.sanitizer = __tsan_create_fiber(0);
#endif
  }

  static void enter(unsigned high, unsigned low, unsigned thread) {
    auto* self = reinterpret_cast<Fibres*>(std::uintptr_t{high} << 32 | low);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack_, &self->scheduler_bytes_);
#endif
    while (true) {
      acquire(self->launched_);
      try {
        self->call_(self->context_, static_cast<int>(thread), self->block_.load(std::memory_order_relaxed));
      } catch (...) {
        self->failure_ = std::current_exception();
      }
      self->meet(static_cast<int>(thread), At::end);
    }
  }

  // Switching by swapcontext costs two system calls, by a jump none; but sanitizers want the former.
#if defined(__SANITIZE_ADDRESS__)
  void resume(Fibre& f) {
    __sanitizer_start_switch_fiber(&scheduler_sanitizer_, f.stack.get(), stack_bytes);
    swapcontext(&scheduler_, &f.context);
    __sanitizer_finish_switch_fiber(scheduler_sanitizer_, nullptr, nullptr);
  }
  void leave(Fibre& f) {
    __sanitizer_start_switch_fiber(&f.sanitizer, scheduler_stack_, scheduler_bytes_);
    swapcontext(&f.context, &scheduler_);
    __sanitizer_finish_switch_fiber(f.sanitizer, &scheduler_stack_, &scheduler_bytes_);
  }
  ucontext_t scheduler_{};
  void* scheduler_sanitizer_ = nullptr;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_bytes_ = 0;
#elif defined(__SANITIZE_THREAD__)
  void resume(Fibre& f) {
    scheduler_sanitizer_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(f.sanitizer, __tsan_switch_to_fiber_no_sync);
    swapcontext(&scheduler_, &f.context);
  }
  __attribute__((no_sanitize_thread)) void leave(Fibre& f) {
    __tsan_switch_to_fiber(scheduler_sanitizer_, __tsan_switch_to_fiber_no_sync);
    swapcontext(&f.context, &scheduler_);
  }
  ucontext_t scheduler_{};
  void* scheduler_sanitizer_ = nullptr;
#else
  void resume(Fibre& f) {
    if (__builtin_setjmp(scheduler_) != 0) return;
    if (std::exchange(f.started, true)) go_to(f.resume_at);
    setcontext(&f.context);
  }
  void leave(Fibre& f) {
    if (__builtin_setjmp(f.resume_at) == 0) go_to(scheduler_);
  }
  [[noreturn, gnu::noinline]] static void go_to(void** place) { __builtin_longjmp(place, 1); }
  void* scheduler_[5];
#endif

  [[nodiscard]] bool all(int first, int last, At where) {
    for (int t = first; t < last; ++t)
      if (at(t) != where) return false;
    return true;
  }
  [[nodiscard]] At at(int thread) { return fibre(thread).at.load(std::memory_order_relaxed); }
  Fibre& fibre(int thread) { return fibres_[static_cast<std::size_t>(thread)]; }

  std::vector<Fibre> fibres_;
  void (*call_)(void*, int, Index) = nullptr;
  void* context_ = nullptr;
  std::atomic<Index> block_ = 0;
  std::exception_ptr failure_;
  char launched_ = 0, ended_ = 0;
};

/// The fibres that are kept, by the number of threads of a block.
inline std::unique_ptr<Fibres>& kept_fibres(int threads) {
  static thread_local std::map<int, std::unique_ptr<Fibres>> kept;
  return kept[threads];
}

/// Runs a kernel over a grid.
template <class Kernel, class... Arguments>
void run_grid(Turns turns, Grid grid, const Kernel& kernel, Arguments... arguments) {
  if (grid.threads % warp_size != 0 || grid.threads > shoal::most_threads<Kernel>())
    throw std::logic_error("a block must have a multiple of 32 threads, at most those of its kernel");
  running.kernel = &typeid(Kernel);
  ++running.launch;
  auto fibres = std::move(kept_fibres(grid.threads));
  if (!fibres) fibres = std::make_unique<Fibres>(grid.threads);
#if defined(__SANITIZE_THREAD__)
  const Index state_count = grid.blocks;  // each block its own, or their threads would seem to share
#else
  const Index state_count = 1;
#endif
  std::vector<BlockState> states(static_cast<std::size_t>(state_count), BlockState(grid.threads));
  auto body = [&](int thread, Index block) {
    Exec exec(*fibres, states[static_cast<std::size_t>(block % state_count)], thread, grid, block);
    kernel(exec, arguments...);
  };
  fibres->run(grid.blocks, body, turns);
  kept_fibres(grid.threads) = std::move(fibres);
}

}  // namespace host
