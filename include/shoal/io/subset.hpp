// A subset of the rows of a source, in any order: a split, the samples of a benchmark, a random sample.
#pragma once

#include <algorithm>
#include <array>

#include <shoal/io/row_source.hpp>

namespace shoal {

/// Row i is row ids[i] of the source. The source and the ids must outlive it. Ids may repeat; each must be in
/// [0, rows of the source).
class Subset {
 public:
  Subset(BorrowedView<AnyRows> source, BorrowedView<std::span<const Index>> ids)
      : source_(source), ids_(ids) {
    for (const Index id : ids)
      check(id >= 0 && id < source.rows(), Errc::invalid_argument, "Subset: ids holds ", id,
            "; must be in [0, ", source.rows(), ")");
  }

  [[nodiscard]] Index rows() const { return static_cast<Index>(ids_.size()); }
  [[nodiscard]] Index cols() const { return source_.cols(); }

  void read(Index first, MatrixView<float> out) const {
    source_.gather(ids_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(out.rows)), out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    std::array<Index, 256> inner;  // translated in pieces, to avoid an allocation
    for (std::size_t first = 0; first < ids.size(); first += inner.size()) {
      const std::size_t count = std::min(inner.size(), ids.size() - first);
      for (std::size_t i = 0; i < count; ++i) inner[i] = ids_[static_cast<std::size_t>(ids[first + i])];
      source_.gather({inner.data(), count}, out.block(static_cast<Index>(first), static_cast<Index>(count)));
    }
  }
  void will_need(Index, Index) const {}

 private:
  AnyRows source_;
  std::span<const Index> ids_;
};
static_assert(RowSource<Subset>);

}  // namespace shoal
