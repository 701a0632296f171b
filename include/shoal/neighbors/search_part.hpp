// Rows of a source, read and prepared for comparison: what searches hold in memory.
#pragma once

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/prefilter.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// Rows in a block: a multiple of every target's tile; two blocks fit the second-level cache.
inline constexpr Index search_block_rows = 288;

/// A part of the rows of a search, divided into blocks. Slots number the rows of a search; the part holds the
/// slots [first, first + rows).
template <template <int> class P> class SearchPart {
 public:
  /// Loads the slots [first, first + count), divided into blocks, whose slots are counted from `first`. Slot
  /// i holds row row_of[i] of the source, or row i if row_of is empty.
  SearchPart(const SearchRows& source, Index first, Index count, Buffer<Block> cut,
             std::span<const Index> row_of, Workers workers)
      : first_(first), rows_(count, source.cols()), cut_(std::move(cut)), blocks_(std::ssize(cut_)) {
    workers.each_task(blocks(), [&](Index i, int) {
      const Block block = cut_[static_cast<std::size_t>(i)];
      const Index slot = first_ + block.first;
      const auto into = rows_.view().block(block.first, block.count);
      const auto ids = row_of.empty() ? row_of
                                      : row_of.subspan(static_cast<std::size_t>(slot),
                                                       static_cast<std::size_t>(block.count));
      if (ids.empty())
        source.read(slot, into);
      else
        source.gather(ids, into);
      blocks_[i] = PrefilterBlock<P>(into, [&](Index r) {
        return source.measure(ids.empty() ? slot + r : ids[static_cast<std::size_t>(r)]);
      });
    });
  }

  /// Loads the rows `which` of a source in blocks of `size`; the slot of a row is its number.
  SearchPart(const SearchRows& source, Block which, Index size, Workers workers)
      : SearchPart(source, which.first, which.count, blocks_of(which.count, size), {}, workers) {}

  [[nodiscard]] Index rows() const { return rows_.rows(); }
  [[nodiscard]] Index blocks() const { return blocks_.size(); }
  [[nodiscard]] const PrefilterBlock<P>& operator[](Index i) const { return blocks_[i]; }
  /// The slot of the first row of block i.
  [[nodiscard]] Index slot(Index i) const { return first_ + cut_[static_cast<std::size_t>(i)].first; }

  /// The memory held for each row of d columns, in bytes.
  static std::size_t bytes_a_row(Index d) {
    return static_cast<std::size_t>(4 * d) + PrefilterBlock<P>::bytes_a_row(d);
  }

 private:
  static Buffer<Block> blocks_of(Index count, Index size) {
    Buffer<Block> cut;
    for (Index i = 0; i < block_count(count, size); ++i) cut.push_back(block_at(count, size, i));
    return cut;
  }

  Index first_;
  Matrix<float> rows_;
  Buffer<Block> cut_;
  FixedArray<PrefilterBlock<P>> blocks_;
};

}  // namespace shoal
