// Several views of the same rows, joined into one row each.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <shoal/io/checked_rows.hpp>

namespace shoal {

/// A row source that concatenates the normalised rows of several views, so that each view has the same
/// influence whatever its scale. The views must have equally many rows and outlive it. Reading throws
/// bad_data for rows that are zero or not finite.
class JoinedViews {
 public:
  explicit JoinedViews(std::span<const BorrowedView<AnyRows>> views) {
    check(!views.empty(), Errc::invalid_argument, "JoinedViews: at least one view is needed");
    for (const AnyRows& view : views) {
      check(view.rows() == views.front().rows(), Errc::invalid_argument, "JoinedViews: a view has ",
            view.rows(), " rows where the first has ", views.front().rows());
      views_.emplace_back(view, true, "JoinedViews");
      sources_.push_back(view);
      cols_ += view.cols();
    }
  }

  [[nodiscard]] Index rows() const { return views_.front().rows(); }
  [[nodiscard]] Index cols() const { return cols_; }
  void read(Index first, MatrixView<float> out) const {
    each_part(out, [&](const CheckedRows& view, MatrixView<float> part) { view.read(first, part); });
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    each_part(out, [&](const CheckedRows& view, MatrixView<float> part) { view.gather(ids, part); });
  }
  void will_need(Index first, Index count) const {
    for (const AnyRows& source : sources_) source.will_need(first, count);
  }

 private:
  template <class F> void each_part(MatrixView<float> out, const F& f) const {
    Index at = 0;
    for (const CheckedRows& view : views_) {
      f(view, out.columns(at, view.cols()));
      at += view.cols();
    }
  }

  std::vector<CheckedRows> views_;
  std::vector<AnyRows> sources_;
  Index cols_ = 0;
};
static_assert(RowSource<JoinedViews>);

}  // namespace shoal
