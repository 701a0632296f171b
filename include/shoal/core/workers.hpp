// Parallel walks over rows on any backend, so that each algorithm is compiled once, not once for each
// backend.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/core/parallel.hpp>

namespace shoal {

/// A task functor that does nothing, with which the concept below is checked (nvcc rejects a lambda there).
struct AnyTask {
  void operator()(Index, int) const {}
};

/// Runs numbered tasks in parallel on the host, and states a memory budget: the part of a Backend
/// (backend/backend.hpp) that algorithms without matrix products need.
template <class K>
concept TaskRunner = requires(const K k, Index tasks) {
  { k.threads() } -> std::convertible_to<int>;
  { k.memory() } -> std::convertible_to<std::size_t>;
  k.each_task(tasks, AnyTask{});
};

/// A backend over ranks (backend/ranks.hpp), whose rows are not all here. What takes Workers knows the rows
/// of one process alone, and does not take it.
template <class K>
concept KnowsRanks = requires(const K k) {
  k.communicator();
};

/// A type-erased reference to the workers of any backend, which algorithms that walk over rows take. The
/// backend must outlive it. Results do not depend on the number of workers as long as a task's result depends
/// on the task's number only, because partial results are merged in the order of blocks.
class Workers {
 public:
  template <TaskRunner K>
    requires(!std::derived_from<K, Workers> && !KnowsRanks<K>)
  Workers(const K& backend)  // NOLINT: a reference to any backend
      : backend_(std::addressof(backend)),
        threads_(backend.threads()),
        memory_(backend.memory()),
        each_task_([](const void* k, Index tasks, Task task) {
          static_cast<const K*>(k)->each_task(tasks, task);
        }) {}

  /// The number of workers; worker ids are below it.
  [[nodiscard]] int threads() const { return threads_; }
  /// Bytes that one call may plan for beyond its inputs; 0: no limit.
  [[nodiscard]] std::size_t memory() const { return memory_; }

  /// Calls f(task, worker) once for each task in [0, tasks), in any order; `worker` selects the scratch
  /// space.
  template <class F> void each_task(Index tasks, F&& f) const { each_task_(backend_, tasks, Task(f)); }

  /// Calls f(Block, worker) for each of the blocks of `size` rows that cover n rows; the last may be shorter.
  template <class F> void each_block(Index n, Index size, F&& f) const {
    each_task(block_count(n, size), [&](Index i, int worker) { f(block_at(n, size, i), worker); });
  }

  /// A left fold over the blocks, in their order: calls merge(start, map(block)) for each of them and returns
  /// `start`. map(Block) -> T runs on any thread, merge(T&, T&&) on the caller's.
  template <class T, class Map, class Merge>
  [[nodiscard]] T reduce_blocks(Index n, Index size, T start, Map&& map, Merge&& merge) const {
    FixedArray<T> parts(block_count(n, size));
    each_block(n, size, [&](Block b, int) { parts[b.index] = map(b); });
    for (T& part : parts) merge(start, std::move(part));
    return start;
  }

  /// Calls f(i) once for each i in [0, n), in any order.
  template <class F> void each_row(Index n, F&& f) const {
    each_block(n, 1024, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) f(i);
    });
  }

 private:
  using Task = FunctionRef<void(Index task, int worker)>;

  const void* backend_;
  int threads_;
  std::size_t memory_;
  void (*each_task_)(const void*, Index, Task);
};

}  // namespace shoal
