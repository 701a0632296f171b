// How the CPU divides a batch: into blocks of pairs, by which results are merged, and into groups of blocks,
// whose rows are multiplied together.
#pragma once

#include <algorithm>

#include <shoal/core/matrix.hpp>
#include <shoal/core/parallel.hpp>

namespace shoal {

/// Pairs in a block. A block has 24 rows x and their 24 partners: 48 rows or four tiles, and a batch of 512
/// has enough blocks for threads to finish at about the same time.
inline constexpr Index cpu_pair_block = 24;

/// The rows of one block of pairs in a batch: `pairs` rows x from `first` on, followed by their partners.
struct PairRows {
  Index first, pairs;

  static PairRows of(Index batch, Index block) {
    const Block b = block_at(batch, cpu_pair_block, block);
    return {2 * b.first, b.count};
  }
  [[nodiscard]] Index count() const { return 2 * pairs; }
};

/// Adjacent blocks of pairs of a batch, and their rows.
struct PairGroup {
  Index batch;
  Block blocks;
  Index first, count;

  /// Calls f(block, its rows in the batch, its first row in the group).
  template <class F> void each_block(F&& f) const {
    for (Index b = blocks.first; b < blocks.first + blocks.count; ++b) {
      const PairRows rows = PairRows::of(batch, b);
      f(b, rows, rows.first - first);
    }
  }
};

/// Copies the rows of a group from a batch, B rows x and then their B partners, to the same batch in the
/// order of blocks: for each block its rows x, then their partners. Both are [2B × d].
inline void copy_in_blocks(MatrixView<const float> batch, const PairGroup& g, MatrixView<float> to) {
  g.each_block([&](Index, PairRows r, Index) {
    for (Index i = 0; i < r.count(); ++i) {
      const Index pair = r.first / 2 + i % r.pairs;
      std::copy_n(batch.row(i < r.pairs ? pair : g.batch + pair), batch.cols, to.row(r.first + i));
    }
  });
}

/// The blocks of a batch in groups, each of which is one task of a step. With many clusters a group has up to
/// four blocks: their logits do not fit the second-level cache anyway, and a panel of the last layer that is
/// fetched from beyond it then serves 192 rows. As far as the number of blocks allows, each thread gets the
/// same number of groups. With shoal's tiles, no bit depends on the grouping; the products of a library
/// depend on all their rows, so then a group is a single block.
class PairGroups {
 public:
  PairGroups(Index batch, Index clusters, int threads, bool library = false)
      : batch_(batch),
        blocks_(block_count(batch, cpu_pair_block)),
        count_(library || clusters <= 4096 ? blocks_
                                           : std::min(blocks_, threads * block_count(blocks_, 4 * threads))) {
  }

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Index blocks() const { return blocks_; }
  [[nodiscard]] Index most_rows() const { return row(block_count(blocks_, std::max<Index>(count_, 1))); }
  [[nodiscard]] PairGroup operator[](Index g) const {
    const Index first = g * blocks_ / count_, end = (g + 1) * blocks_ / count_;
    return {batch_, {g, first, end - first}, row(first), row(end) - row(first)};
  }

 private:
  [[nodiscard]] Index row(Index block) const { return 2 * std::min(cpu_pair_block * block, batch_); }

  Index batch_, blocks_, count_;
};

}  // namespace shoal
