// Standardisation of rows that are distributed over ranks.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/backend/shard.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/io/standardize.hpp>

namespace shoal {

namespace scaling_over_ranks_impl {

using standardize_impl::block_rows;
using standardize_impl::Moments;

/// The end of the blocks that begin among the rows [first, end) of some rank, where the rows of all ranks are
/// divided into blocks as one process divides them; at least `end`.
inline Index end_of_blocks(Index first, Index end, Index total) {
  const Index begun = block_count(end, block_rows);  // number of blocks that begin before `end`
  return begun > block_count(first, block_rows) ? std::min(begun * block_rows, total) : end;
}

/// The moments of the blocks that begin in this rank's shard. Their last rows may be those of the ranks that
/// follow, from which they are fetched.
inline FixedArray<Moments> own_blocks(AnyRows own, const Shard& shard, Workers workers) {
  CheckedRows rows(own, false, "column_scaling");
  rows.skip_checks();
  Matrix<float> tail;
  for (int rank = 0; rank < shard.ranks().size(); ++rank) {
    const Index end = shard.first(rank) + shard.rows(rank);
    std::vector<Index> ids;
    for (Index id = end; id < end_of_blocks(shard.first(rank), end, shard.total()); ++id) ids.push_back(id);
    Matrix<float> fetched(std::ssize(ids), own.cols());
    if (!ids.empty()) shard.gather(rows, ids, fetched);
    if (rank == shard.ranks().rank()) tail = std::move(fetched);
  }
  const Index first = block_count(shard.first(), block_rows) * block_rows - shard.first();  // the first block
  const Index count = std::max<Index>(own.rows() + tail.rows() - first, 0);
  FixedArray<Moments> moments(block_count(count, block_rows));
  workers.each_block(count, block_rows, [&](Block block, int) {
    Matrix<float> x(block.count, own.cols());
    const Index begin = first + block.first, here = std::clamp<Index>(own.rows() - begin, 0, block.count);
    own.read(begin, x.view().block(0, here));
    for (Index i = here; i < block.count; ++i)
      std::copy_n(tail.row(begin + i - own.rows()), own.cols(), x.row(i));
    moments[block.index] = Moments::of(Rows(x), {0, 0, block.count});
  });
  return moments;
}

/// Sends the moments of `root` to all ranks.
inline void broadcast(Moments& moments, Index cols, const AnyCommunicator& ranks, int root) {
  moments.mean.resize(static_cast<std::size_t>(cols));
  moments.squares.resize(static_cast<std::size_t>(cols));
  ranks.broadcast(std::span(&moments.count, 1), root);
  ranks.broadcast(std::span(moments.mean), root);
  ranks.broadcast(std::span(moments.squares), root);
}

}  // namespace scaling_over_ranks_impl

/// The standardisation of the columns of the rows of all ranks, at every rank; `own` are those of this rank.
/// The same bits as column_scaling() for all rows in one process, whose blocks it divides the rows into and
/// merges in order, rank after rank. An exchange: each rank sends up to 1,023 rows and 16 d bytes.
[[nodiscard]] inline ColumnScaling column_scaling(AnyRows own, const Shard& shard, Workers workers) {
  using namespace scaling_over_ranks_impl;
  if (shard.ranks().is_alone()) return column_scaling(own, workers);
  const FixedArray<Moments> blocks = own_blocks(own, shard, workers);
  Moments sum;
  for (int rank = 0; rank < shard.ranks().size(); ++rank) {
    if (rank == shard.ranks().rank())
      for (const Moments& block : blocks) sum.merge(block);
    broadcast(sum, own.cols(), shard.ranks(), rank);
  }
  return standardize_impl::scaling_by(sum, own.cols());
}

}  // namespace shoal
