// One emulated thread of a block: the Exec of backend/gpu_team.cuh on the CPU. Who schedules the threads of a
// block is told where they meet (support/host_exec.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <typeinfo>
#include <vector>

#include <shoal/backend/gpu_team.cuh>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace host {

using shoal::Grid;
using shoal::Index;
using shoal::warp_size;

enum class Turns { ascending, descending };

/// Tells ThreadSanitizer that what comes before release(point) comes before what follows acquire(point).
inline void release([[maybe_unused]] char& point) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(&point);
#endif
}
inline void acquire([[maybe_unused]] char& point) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(&point);
#endif
}

/// The emulated thread whose turn it is, for those who watch its accesses (bench/cuda/coalescing.cpp).
struct RunningThread {
  const std::type_info* kernel = nullptr;
  Index launch = 0, block = 0;
  int thread = -1;  ///< −1: none
};
inline thread_local RunningThread running;

/// What the threads of one block share.
struct BlockState {
  explicit BlockState(int threads) : slots(2 * static_cast<std::size_t>(threads)) {}
  std::array<double, warp_size> scratch{};
  std::vector<std::array<std::byte, 8>>
      slots;     ///< two a thread: a shuffle writes one while the last is still read
  char met = 0;  ///< the points of barriers: the block's, and each warp's
  std::array<char, warp_size> warp_met{};
};

/// Where a thread waits: for those of its warp or of its block, or at its end.
enum class At { warp, block, end };

/// How the threads of a block meet: they yield to their scheduler.
class Meeting {
 public:
  virtual ~Meeting() = default;
  virtual void meet(int thread, At where) = 0;
};

/// The Exec of one emulated thread.
class Exec {
 public:
  Exec(Meeting& meeting, BlockState& state, int thread, Grid grid, Index block)
      : meeting_(meeting), state_(state), thread_(thread), grid_(grid), block_(block) {}

  [[nodiscard]] int thread() const { return thread_; }
  [[nodiscard]] int threads() const { return grid_.threads; }
  [[nodiscard]] Index block() const { return block_; }
  [[nodiscard]] Index blocks() const { return grid_.blocks; }
  [[nodiscard]] double* scratch() const { return state_.scratch.data(); }
  void barrier() {
    release(state_.met);
    meeting_.meet(thread_, At::block);
    acquire(state_.met);
  }
  void warp_barrier() {
    char& met = state_.warp_met[static_cast<std::size_t>(thread_ / warp_size)];
    release(met);
    meeting_.meet(thread_, At::warp);
    acquire(met);
  }

  template <class T> T shuffle_xor(T v, int mask) { return shuffle(v, thread_ % warp_size ^ mask); }
  template <class T> T shuffle(T v, int lane) {
    static_assert(sizeof(T) <= 8);
    offer(v);
    T other;
    std::memcpy(&other, slot(thread_ / warp_size * warp_size + lane).data(), sizeof(T));
    return other;
  }
  unsigned ballot(bool b) {
    offer(b);
    unsigned bits = 0;
    for (int lane = 0; lane < warp_size; ++lane)
      if (slot(thread_ / warp_size * warp_size + lane)[0] != std::byte{0}) bits |= 1u << lane;
    return bits;
  }

 private:
  template <class T> void offer(T v) {
    parity_ ^= 1;
    std::memcpy(slot(thread_).data(), &v, sizeof(T));
    warp_barrier();
  }
  std::array<std::byte, 8>& slot(int thread) {
    return state_.slots[static_cast<std::size_t>(2 * thread + parity_)];
  }

  Meeting& meeting_;
  BlockState& state_;
  int thread_;
  Grid grid_;
  Index block_;
  int parity_ = 0;
};

}  // namespace host
