// Where kernels over rows keep them while they compute: in registers, so that memory is read and written
// once, or in memory if a row is too long for that.
#pragma once

#include <utility>

#include <shoal/backend/gpu_team.cuh>

namespace shoal {

/// The threads of a warp, each of which processes a row.
struct WarpMembers {
  static constexpr int count = warp_size, threads = block_threads;

  template <class Exec> SHOAL_HD static Index row(const Exec& exec) { return warp_item(exec); }
  template <class Exec> SHOAL_HD static int member(const Exec& exec) { return warp_lane(exec); }
  template <class T, class Op, class Exec> SHOAL_HD static T reduce(Exec& exec, T v, Op op) {
    return warp_reduce(exec, v, op);
  }
  static Grid grid(Index rows) { return warp_per_item(rows); }
};
/// The threads of a block, which processes a row.
template <int Threads> struct BlockMembers {
  static constexpr int count = Threads, threads = Threads;

  template <class Exec> SHOAL_HD static Index row(const Exec& exec) { return exec.block(); }
  template <class Exec> SHOAL_HD static int member(const Exec& exec) { return exec.thread(); }
  template <class T, class Op, class Exec> SHOAL_HD static T reduce(Exec& exec, T v, Op op) {
    return block_reduce(exec, v, op);
  }
  static Grid grid(Index rows) { return {rows, Threads}; }
};

/// The row team of threads of which member i holds the entries i, i + count, … in arrays of its own. Position
/// k of each() is the k-th of them. Loops are unrolled as fold expressions, so that the arrays are registers.
template <class Exec, class Members, int Entries> struct RegisterTeam {
  Exec& exec;
  int member, held;  // the number of this thread, and the number of its entries

  SHOAL_HD RegisterTeam(Exec& thread, Index size)
      : exec(thread),
        member(Members::member(thread)),
        held(static_cast<int>((size + Members::count - 1 - member) / Members::count)) {}

  [[nodiscard]] SHOAL_HD Index entry(At<float> k) const { return k.c * Members::count + member; }
  template <class Row> SHOAL_HD void each(Row&& f) const {
    each(f, std::make_integer_sequence<int, Entries>());
  }
  template <class Row> [[nodiscard]] SHOAL_HD float sum(Row&& f) const {
    float v = 0.f;
    each([&](auto k) { v += f(k); });
    return Members::reduce(exec, v, Plus{});
  }
  template <class Row> [[nodiscard]] SHOAL_HD float max(Row&& f) const {
    float v = -__builtin_huge_valf();
    each([&](auto k) { v = vector_max(f(k), v); });
    return Members::reduce(exec, v, Largest{});
  }

 private:
  template <class Row, int... k> SHOAL_HD void each(Row&& f, std::integer_sequence<int, k...>) const {
    (at<k>(f), ...);
  }
  template <int k, class Row> SHOAL_HD void at(Row&& f) const {
    if (k < held) f(At<float>{k});
  }
};

/// Rows of up to `longest` entries in registers. A kernel over rows has such a type as its parameter By:
///   By::row(exec), leads(exec)   the row of this thread, and whether it is the first one of the row
///   By::team(exec, size)         the row team, which also has entry(position)
///   By::Room                     a thread's part of a row
///   By::take(team, row, room)    the row for reading: copied to the room
///   By::room(row, room)          the row for writing, which is the room, and
///   By::put(team, values, row)   which writes it to memory at last
template <class Members, int Entries> struct InRegisters {
  static constexpr int threads = Members::threads;
  static constexpr Index longest = Index{Entries} * Members::count;
  /// A thread's part of a row.
  struct Room {
    float values[Entries];
  };

  template <class Exec> SHOAL_HD static Index row(const Exec& exec) { return Members::row(exec); }
  template <class Exec> SHOAL_HD static bool leads(const Exec& exec) { return Members::member(exec) == 0; }
  template <class T, class Op, class Exec> SHOAL_HD static T reduce(Exec& exec, T v, Op op) {
    return Members::reduce(exec, v, op);
  }
  template <class Exec> SHOAL_HD static RegisterTeam<Exec, Members, Entries> team(Exec& exec, Index size) {
    return {exec, size};
  }
  template <class Team> SHOAL_HD static const float* take(const Team& team, const float* row, Room& room) {
    float* values = room.values;
    team.each([=, &team](auto k) { k.store(values, row[team.entry(k)]); });
    return values;
  }
  SHOAL_HD static float* room(float*, Room& room) { return room.values; }
  template <class Team> SHOAL_HD static void put(const Team& team, const float* values, float* row) {
    team.each([=, &team](auto k) { row[team.entry(k)] = k.load(values); });
  }
  static Grid grid(Index rows) { return Members::grid(rows); }
};

/// Rows of any length, which stay in memory; a block processes each.
struct InMemory {
  static constexpr int threads = block_threads;
  struct Room {};

  template <class Exec> SHOAL_HD static Index row(const Exec& exec) { return exec.block(); }
  template <class Exec> SHOAL_HD static bool leads(const Exec& exec) { return exec.thread() == 0; }
  template <class T, class Op, class Exec> SHOAL_HD static T reduce(Exec& exec, T v, Op op) {
    return block_reduce(exec, v, op);
  }
  template <class Exec> SHOAL_HD static BlockTeam<Exec> team(Exec& exec, Index size) { return {exec, size}; }
  template <class Team> SHOAL_HD static const float* take(const Team&, const float* row, Room&) {
    return row;
  }
  SHOAL_HD static float* room(float* row, Room&) { return row; }
  template <class Team> SHOAL_HD static void put(const Team&, const float*, float*) {}
  static Grid grid(Index rows) { return block_per_item(rows); }
};

using ShortRows = InRegisters<WarpMembers, 16>;
using MiddleRows = InRegisters<BlockMembers<256>, 4>;
using LongRows = InRegisters<BlockMembers<1024>, 12>;
using LongestRows = InRegisters<BlockMembers<1024>, 22>;

/// Whether rows of this length are processed in memory.
inline bool rows_in_memory(Index size) { return size > LongestRows::longest; }

/// Calls f(By{}) with the way in which rows of `size` entries are processed.
template <class F> void by_row_length(Index size, F&& f) {
  if (size <= ShortRows::longest)
    f(ShortRows{});
  else if (size <= MiddleRows::longest)
    f(MiddleRows{});
  else if (size <= LongRows::longest)
    f(LongRows{});
  else if (!rows_in_memory(size))
    f(LongestRows{});
  else
    f(InMemory{});
}

}  // namespace shoal
