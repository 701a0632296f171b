// Features of several backbones concatenated column-wise.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// Row i is row i of the first source, followed by row i of the second, and so on; this is the input of
/// SCP-MIX. The sources must have equally many rows (throws invalid_argument otherwise) and outlive it.
class SideBySide {
 public:
  explicit SideBySide(std::vector<BorrowedView<AnyRows>> sources) : sources_(std::move(sources)) {
    check(!sources_.empty(), Errc::invalid_argument, "SideBySide: at least one source is needed");
    for (const AnyRows& source : sources_) {
      check(source.rows() == rows(), Errc::invalid_argument, "SideBySide: a source has ", source.rows(),
            " rows where the first has ", rows());
      cols_ += source.cols();
    }
  }

  [[nodiscard]] Index rows() const { return sources_.front().rows(); }
  [[nodiscard]] Index cols() const { return cols_; }
  void read(Index first, MatrixView<float> out) const {
    each_part(out, [&](const AnyRows& source, MatrixView<float> part) { source.read(first, part); });
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    each_part(out, [&](const AnyRows& source, MatrixView<float> part) { source.gather(ids, part); });
  }
  void will_need(Index first, Index count) const {
    for (const AnyRows& source : sources_) source.will_need(first, count);
  }

 private:
  template <class F> void each_part(MatrixView<float> out, F&& f) const {
    Index at = 0;
    for (const AnyRows& source : sources_) {
      f(source, out.columns(at, source.cols()));
      at += source.cols();
    }
  }

  std::vector<BorrowedView<AnyRows>> sources_;
  Index cols_ = 0;
};
static_assert(RowSource<SideBySide>);

}  // namespace shoal
