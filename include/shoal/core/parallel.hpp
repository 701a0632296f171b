// A pool of threads that runs numbered tasks. What a task computes may depend on its number only, never on
// the thread that runs it, and results are merged in the order of tasks. So the bits do not depend on the
// pool.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <shoal/core/config.hpp>
#include <shoal/core/machine.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/core/waitable.hpp>

namespace shoal {

/// A fixed set of threads, the caller's included. run() may be called from several threads or from inside a
/// task: a call that finds the pool busy runs its tasks on its own thread, with the same result. The threads
/// belong to the process that started them: after fork(), a child makes a pool of its own.
class Pool {
 public:
  /// `threads` ≥ 1 counts the caller's thread: threads - 1 are started, or fewer if the system refuses more.
  explicit Pool(int threads) : owner_(process_id()) {
    try {
      for (int worker = 1; worker < threads; ++worker)
        threads_.emplace_back([this, worker] { serve(worker); });
    } catch (const std::system_error&) {  // the limit of the user or of the container
    } catch (const std::bad_alloc&) {
    }
    count_ = static_cast<int>(threads_.size()) + 1;
  }
  ~Pool() {
    if (process_id() != owner_) {  // a forked child has none of the threads: nothing is joined or destroyed
      (void)new std::vector<std::thread>(std::move(threads_));
      return;
    }
    stopping_ = true;
    round_.fetch_add(1);
    round_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] int threads() const { return count_; }

  /// Calls f(task, worker) once for each task in [0, tasks), in any order; worker in [0, threads()) names the
  /// thread, so that it can have scratch space of its own. Returns when all tasks are done. If tasks throw,
  /// no further task is started and the exception of the lowest-numbered task that threw is rethrown;
  /// bad_alloc becomes error(too_large). Throws invalid_argument in a forked child of the process that made
  /// the pool.
  template <class F> void run(Index tasks, F&& f) {
    if (tasks <= 0) return;
    const bool alone = count_ == 1 || tasks == 1;
    check(alone || process_id() == owner_, Errc::invalid_argument,
          "Cpu: its threads stayed in the process that made it: make another after fork()");
    if (alone || busy_.test_and_set()) {
      allocating(
          [&] {
            for (Index task = 0; task < tasks; ++task) f(task, 0);
          },
          "what this task needs");
      return;
    }
    call_ = [](void* context, Index task, int worker) {
      (*static_cast<std::remove_reference_t<F>*>(context))(task, worker);
    };
    context_ = const_cast<void*>(static_cast<const void*>(std::addressof(f)));
    tasks_ = tasks;
    next_ = 0;
    failed_task_ = tasks;
    inside_ = 0;
    round_.fetch_add(1);
    round_.notify_all();
    work(0);
    inside_.fetch_add(closed);
    for (int left = inside_; left != closed; left = inside_) inside_.wait(left);
    const std::exception_ptr failure = std::exchange(failure_, nullptr);
    busy_.clear();
    if (failure) allocating([&] { std::rethrow_exception(failure); }, "what a task needs");
  }

 private:
  void serve(int worker) {
    for (unsigned seen = 0;;) {
      round_.wait(seen);
      seen = round_;
      if (stopping_) return;
      if (!enter()) continue;
      work(worker);
      if (inside_.fetch_sub(1) == closed + 1) inside_.notify_all();
    }
  }
  /// Joins the run under way, if there is one still. Where other programs have the processors, a thread may
  /// wake when the caller has done all tasks: the caller then does not wait for it.
  bool enter() {
    for (int before = inside_; before >= 0;)
      if (inside_.compare_exchange_weak(before, before + 1)) return true;
    return false;
  }

  void work(int worker) {
    for (Index task = next_.fetch_add(1); task < tasks_; task = next_.fetch_add(1)) {
      try {
        call_(context_, task, worker);
      } catch (...) {
        const std::scoped_lock guard(failure_mutex_);
        if (task < failed_task_) {
          failed_task_ = task;
          failure_ = std::current_exception();
        }
        next_ = tasks_;
      }
    }
  }

  static constexpr int closed = std::numeric_limits<int>::min();

  int owner_, count_ = 1;
  std::vector<std::thread> threads_;
  std::atomic_flag busy_;
  Waitable<unsigned> round_{0};
  Waitable<int> inside_{closed};  // the started threads in a run, plus `closed` when no more may enter
  std::atomic<bool> stopping_{false};
  std::atomic<Index> next_{0};
  Index tasks_ = 0;
  void (*call_)(void*, Index, int) = nullptr;
  void* context_ = nullptr;
  std::mutex failure_mutex_;
  Index failed_task_ = 0;
  std::exception_ptr failure_;
};

/// Rows [first, first + count) of a walk over n rows.
struct Block {
  Index index;  ///< the block's number
  Index first;
  Index count;
};

/// The number of blocks of `size` rows that cover n rows.
SHOAL_HD constexpr Index block_count(Index n, Index size) { return (n + size - 1) / size; }

/// Block number `index` of these.
constexpr Block block_at(Index n, Index size, Index index) {
  return {index, index * size, std::min(size, n - index * size)};
}

}  // namespace shoal
