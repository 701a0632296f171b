// The GPU as shoal's kernels see it: threads, warps, blocks, and the row teams that they form. Needs no CUDA:
// the tests run the same kernels on a CPU (tests/support/host_exec.hpp).
#pragma once

#include <shoal/core/parallel.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// A kernel is a trivially copyable functor with
///   template <class Exec> SHOAL_HD void operator()(Exec& exec, arguments…) const
/// where exec (CudaExec on a GPU) is one thread's view of the launch:
///   int thread(), threads()       its number in its block, and the number of threads, a multiple of 32
///   Index block(), blocks()       the number of its block, and the number of blocks
///   void barrier()                a barrier of the block: writes before it are visible to all after it
///   void warp_barrier()           the same for the 32 threads of a warp
///   T shuffle_xor(T v, int mask)  the v of the warp's thread whose number is this one's xor mask
///   T shuffle(T v, int lane)      the v of the warp's thread `lane`
///   unsigned ballot(bool b)       bit i is the b of the warp's thread i
///   double* scratch()             warp_size doubles of the block's shared memory, for reductions
/// barrier() must be called by all threads of a block or by none, the four after it by all of a warp or none.
/// Array arguments are plain pointers or MatrixViews, const if they are only read. So the arguments of a
/// launch show which memory it accesses, which is how the tests find unordered access.
inline constexpr int warp_size = 32;

/// The number of threads of a block, unless a launch asks for fewer or its kernel names another number as
/// Kernel::threads.
inline constexpr int block_threads = 256;
/// The maximum number of threads of a block, for which a kernel is compiled.
template <class Kernel> constexpr int most_threads() {
  if constexpr (requires { Kernel::threads; })
    return Kernel::threads;
  else
    return block_threads;
}
/// The size of a launch.
struct Grid {
  Index blocks;
  int threads = block_threads;
};

/// A launch with one thread, one warp or one block for each item.
inline Grid thread_per_item(Index items) { return {block_count(items, block_threads)}; }
inline Grid warp_per_item(Index items) { return {block_count(items, block_threads / warp_size)}; }
inline Grid block_per_item(Index items) { return {items}; }

/// The item of a thread or a warp under these launches; it may be beyond the last item.
template <class Exec> SHOAL_HD Index thread_item(const Exec& exec) {
  return exec.block() * exec.threads() + exec.thread();
}
template <class Exec> SHOAL_HD Index warp_item(const Exec& exec) {
  return exec.block() * (exec.threads() / warp_size) + exec.thread() / warp_size;
}
template <class Exec> SHOAL_HD int warp_lane(const Exec& exec) { return exec.thread() % warp_size; }

/// The number of bits that are set.
SHOAL_HD inline int bit_count(unsigned bits) { return __builtin_popcount(bits); }
/// The number of the lowest bit that is set. Pre: bits ≠ 0.
SHOAL_HD inline int lowest_bit(unsigned bits) { return bit_count((bits & (0u - bits)) - 1); }

/// The sum of two values, for reductions.
struct Plus {
  template <class T> SHOAL_HD T operator()(T a, T b) const { return a + b; }
};
/// The larger of two values, for reductions.
struct Largest {
  template <class T> SHOAL_HD T operator()(T a, T b) const { return a > b ? a : b; }
};

/// Reduces v over the threads of a warp, with the result in all of them. op must commute, so that all get the
/// same bits.
template <class T, class Op, class Exec> SHOAL_HD T warp_reduce(Exec& exec, T v, Op op) {
  for (int mask = warp_size / 2; mask > 0; mask /= 2) v = op(v, exec.shuffle_xor(v, mask));
  return v;
}

/// Reduces v over the threads of a block, with the result in all of them: within warps, then over the warps
/// in order.
template <class T, class Op, class Exec> SHOAL_HD T block_reduce(Exec& exec, T v, Op op) {
  static_assert(sizeof(T) <= sizeof(double));
  T* parts = reinterpret_cast<T*>(exec.scratch());
  v = warp_reduce(exec, v, op);
  if (warp_lane(exec) == 0) parts[exec.thread() / warp_size] = v;
  exec.barrier();
  T all = parts[0];
  for (int warp = 1; warp < exec.threads() / warp_size; ++warp) all = op(all, parts[warp]);
  exec.barrier();  // the next reduction writes parts again
  return all;
}

/// The row team (simd/row_team.hpp) of a warp: thread i processes the entries i, i + 32, ….
template <class Exec> struct WarpTeam {
  Exec& exec;
  Index size;

  template <class Row> SHOAL_HD void each(Row&& f) const {
    for (Index c = warp_lane(exec); c < size; c += warp_size) f(At<float>{c});
  }
  template <class Row> [[nodiscard]] SHOAL_HD float sum(Row&& f) const {
    float v = 0.f;
    for (Index c = warp_lane(exec); c < size; c += warp_size) v += f(At<float>{c});
    return warp_reduce(exec, v, Plus{});
  }
  template <class Row> [[nodiscard]] SHOAL_HD float max(Row&& f) const {
    float v = -__builtin_huge_valf();
    for (Index c = warp_lane(exec); c < size; c += warp_size) v = vector_max(f(At<float>{c}), v);
    return warp_reduce(exec, v, Largest{});
  }
};

/// The row team of a block: thread i processes the entries i, i + threads, ….
template <class Exec> struct BlockTeam {
  Exec& exec;
  Index size;

  template <class Row> SHOAL_HD void each(Row&& f) const {
    for (Index c = exec.thread(); c < size; c += exec.threads()) f(At<float>{c});
  }
  template <class Row> [[nodiscard]] SHOAL_HD float sum(Row&& f) const {
    float v = 0.f;
    for (Index c = exec.thread(); c < size; c += exec.threads()) v += f(At<float>{c});
    return block_reduce(exec, v, Plus{});
  }
  template <class Row> [[nodiscard]] SHOAL_HD float max(Row&& f) const {
    float v = -__builtin_huge_valf();
    for (Index c = exec.thread(); c < size; c += exec.threads()) v = vector_max(f(At<float>{c}), v);
    return block_reduce(exec, v, Largest{});
  }
  /// The entry of the row at a position of each().
  [[nodiscard]] SHOAL_HD Index entry(At<float> c) const { return c.c; }
};

}  // namespace shoal
