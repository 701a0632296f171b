// Rows of a source, read and made ready to meet others: what searches hold in memory.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/screen.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// Rows of a block: a multiple of every target's tile; two blocks fit the second-level cache.
inline constexpr Index search_block_rows = 288;

/// Some rows, cut into blocks. Slots number the rows of a search; the part holds slots [first, first + rows).
template <template <int> class P> class SearchPart {
 public:
  /// read(Block, into) fills the rows of a block, counted from the part's first.
  template <class Read>
  SearchPart(Index first, Index count, std::vector<Block> cut, std::span<const float> centre, Workers workers,
             Read&& read)
      : first_(first),
        rows_(count, static_cast<Index>(centre.size())),
        cut_(std::move(cut)),
        blocks_(cut_.size()) {
    workers.each_task(blocks(), [&](Index i, int) {
      const Block block = cut_[static_cast<std::size_t>(i)];
      const auto into = rows_.view().block(block.first, block.count);
      read(block, into);
      blocks_[static_cast<std::size_t>(i)] = ScreenBlock<P>(into, centre);
    });
  }

  /// Rows `which` of a source, in blocks of `size`; a row's slot is its number.
  SearchPart(const CheckedRows& source, Block which, Index size, std::span<const float> centre,
             Workers workers)
      : SearchPart(which.first, which.count, blocks_of(which.count, size), centre, workers,
                   [&](Block b, MatrixView<float> into) { source.read(which.first + b.first, into); }) {}

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index blocks() const { return static_cast<Index>(blocks_.size()); }
  [[nodiscard]] const ScreenBlock<P>& operator[](Index i) const {
    return blocks_[static_cast<std::size_t>(i)];
  }
  /// The slot of block i's first row.
  [[nodiscard]] Index slot(Index i) const { return first_ + cut_[static_cast<std::size_t>(i)].first; }

  /// Bytes held for each row of d columns.
  static std::size_t bytes_a_row(Index d) {
    return static_cast<std::size_t>(4 * d) + ScreenBlock<P>::bytes_a_row(d);
  }

 private:
  static std::vector<Block> blocks_of(Index count, Index size) {
    std::vector<Block> cut;
    for (Index i = 0; i < block_count(count, size); ++i) cut.push_back(block_at(count, size, i));
    return cut;
  }

  Index first_;
  Matrix<float> rows_;
  std::vector<Block> cut_;
  std::vector<ScreenBlock<P>> blocks_;
};

/// Moves the best of each slot to row row_of(slot) of the result. Returns the rows that have fewer than they
/// should.
template <class RowOf>
std::vector<Index> take_best(TopRows& top, Neighbors& result, Workers workers, RowOf&& row_of) {
  std::vector<Index> found(static_cast<std::size_t>(top.rows())), short_of;
  workers.each_row(top.rows(), [&](Index slot) {
    const Index row = row_of(slot);
    const auto scores =
        result.similarities.rows() > 0 ? result.similarities.view().span(row) : std::span<float>{};
    found[static_cast<std::size_t>(slot)] = top.take(slot, result.ids.view().span(row), scores);
  });
  for (std::size_t slot = 0; slot < found.size(); ++slot)
    if (found[slot] < result.ids.cols()) short_of.push_back(row_of(static_cast<Index>(slot)));
  return short_of;
}

}  // namespace shoal
