// How the CPU cuts a batch: blocks of pairs, by which results are merged, and groups of blocks, whose rows
// are multiplied together.
#pragma once

#include <algorithm>

#include <shoal/core/parallel.hpp>

namespace shoal {

/// Rows [0, 24) of a block are x of as many pairs, the others their partners: 48 rows, four tiles, and enough
/// blocks in a batch of 512 that threads end together.
inline constexpr Index cpu_pair_block = 24;

/// The rows of one block of pairs in a batch: `pairs` rows x from `first` on, then as many partners.
struct PairRows {
  Index first, pairs;

  static PairRows of(Index batch, Index block) {
    const Block b = block_at(batch, cpu_pair_block, block);
    return {2 * b.first, b.count};
  }
  [[nodiscard]] Index count() const { return 2 * pairs; }
};

/// Neighbouring blocks of pairs of a batch, and their rows.
struct PairGroup {
  Index batch;
  Block blocks;
  Index first, count;

  /// f(block, its rows in the batch, its first row in the group).
  template <class F> void each_block(F&& f) const {
    for (Index b = blocks.first; b < blocks.first + blocks.count; ++b) {
      const PairRows rows = PairRows::of(batch, b);
      f(b, rows, rows.first - first);
    }
  }
};

/// A batch's blocks in groups, one task of a step each. At many clusters a group is up to four blocks: their
/// logits leave the second-level cache anyhow, and a panel of the last layer that is fetched from beyond it
/// then serves 192 rows. Groups are as many for each thread as far as the blocks allow. No bit depends on
/// them where tiles multiply; a library's products depend on all their rows, so its groups are single blocks.
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
