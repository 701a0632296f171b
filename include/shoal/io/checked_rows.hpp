// Rows of features as the algorithms read them: float32, checked, and normalised under cosine.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/sample.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/row_check.hpp>

namespace shoal {

/// A backend's own copy of rows, for example on a device.
struct HeldRows {
  virtual ~HeldRows() = default;
};

/// The rows of a source as float32, checked and, if `unit`, normalised. `who` names the caller in errors. The
/// source must outlive it.
class CheckedRows {
 public:
  CheckedRows(AnyRows source, bool unit, const char* who)
      : source_(source), unit_(unit), who_(who), held_(std::make_shared<std::shared_ptr<HeldRows>>()) {}

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  /// The source itself, whose rows are not normalised.
  [[nodiscard]] const AnyRows& source() const { return source_; }
  /// Whether rows are normalised.
  [[nodiscard]] bool unit() const { return unit_; }
  /// Where a backend keeps its copy of the rows from one engine to the next. Copies of this object share it.
  [[nodiscard]] std::shared_ptr<HeldRows>& held() const { return *held_; }
  /// Switches the checks off, once all rows are known to be good.
  void skip_checks() { unchecked_ = true; }
  /// Makes walk() report its progress there. `progress` must outlive these rows and their copies.
  void watch(UnitProgress& progress) { progress_ = &progress; }
  /// Calls f(first, count) for consecutive windows of about 32,768 rows, each a multiple of `step`. If the
  /// source is a mapped file, the next window is read ahead, and earlier windows are unmapped from this
  /// process.
  template <class F> void walk(Index step, const F& f) const {
    const Index n = rows(), window = step * std::max<Index>(1, 32768 / step);
    for (Index first = 0; first < n; first += window) {
      if (first + window < n) source_.will_need(first + window, std::min(window, n - first - window));
      f(first, std::min(window, n - first));
      if (progress_ != nullptr) progress_->pass(std::min(n, first + window), n);
    }
  }
  /// Calls f(Block, worker) for each block of `step` rows, in parallel within such windows.
  template <class F> void each_block(Workers workers, Index step, const F& f) const {
    walk(step, [&](Index first, Index count) {
      workers.each_block(count, step, [&](auto b, int worker) {
        b.index += first / step, b.first += first;
        f(b, worker);
      });
    });
  }
  /// Folds over the blocks x of `step` rows in order: start ← merge(start, map(first row, x)), where x is as
  /// read() returns it. map runs on the workers, merge(T&, T&&) on the caller's thread.
  template <class T, class Map, class Merge>
  [[nodiscard]] T fold(Workers workers, Index step, T start, const Map& map, const Merge& merge) const {
    walk(step, [&](Index first, Index count) {
      const auto part = [&](auto b) {
        Buffer<float> buffer(static_cast<std::size_t>(b.count * cols()));
        const MatrixView<float> x(buffer.data(), b.count, cols());
        read(first + b.first, x);
        return map(first + b.first, x);
      };
      start = workers.reduce_blocks(count, step, std::move(start), part, merge);
    });
    return start;
  }

  /// Reads the rows [first, first + out.rows). Throws bad_data for a row that is not finite or, under cosine,
  /// zero.
  void read(Index first, MatrixView<float> out) const {
    source_.read(first, out);
    for (Index i = 0; i < out.rows; ++i) prepare(out.row(i), first + i);
  }
  [[gnu::noinline]] void gather(std::span<const Index> ids, MatrixView<float> out) const {
    source_.gather(ids, out);
    for (Index i = 0; i < out.rows; ++i) prepare(out.row(i), ids[static_cast<std::size_t>(i)]);
  }
  /// Gathers scattered rows, a few hundred at a time. Each may map about 100 KB of a file into this process,
  /// and these pages are unmapped again after each batch.
  void gather_scattered(std::span<const Index> ids, MatrixView<float> out) const {
    constexpr std::size_t few = 256;
    for (std::size_t first = 0; first < ids.size(); first += few) {
      const std::size_t count = std::min(few, ids.size() - first);
      gather(ids.subspan(first, count), out.block(static_cast<Index>(first), static_cast<Index>(count)));
      source_.will_need(0, 0);
    }
  }
  /// Up to `count` rows, evenly spread over the source.
  [[nodiscard]] Matrix<float> sample(Index count) const {
    Matrix<float> rows(std::min(count, source_.rows()), cols());
    gather_scattered(spread_rows(source_.rows(), rows.rows()), rows);
    return rows;
  }
  /// The rows [first, first + count), in place if possible, otherwise copied to `room`.
  [[nodiscard]] MatrixView<const float> block(Index first, Index count, Buffer<float>& room) const {
    if (const auto all = in_place(); all.data != nullptr) return all.block(first, count);
    room.resize(static_cast<std::size_t>(count * cols()));
    const MatrixView<float> x(room.data(), count, cols());
    read(first, x);
    return x;
  }
  /// Calls f(id, x) for each of the rows `ids`: in place if possible, with the next row prefetched, otherwise
  /// copied to `room`.
  template <class F> void each(std::span<const Index> ids, Buffer<float>& room, const F& f) const {
    const MatrixView<const float> all = in_place();
    const auto count = static_cast<Index>(ids.size());
    room.resize(static_cast<std::size_t>(all.data == nullptr ? count * cols() : 0));
    const MatrixView<float> copies(room.data(), count, cols());
    if (all.data == nullptr) gather(ids, copies);
    const auto place = [&](Index i) { return all.data == nullptr ? i : ids[static_cast<std::size_t>(i)]; };
    const MatrixView<const float> x = all.data == nullptr ? MatrixView<const float>(copies) : all;
    for (Index i = 0; i < count; ++i) {
      if (i + 1 < count) prefetch_row(x, place(i + 1));
      f(ids[static_cast<std::size_t>(i)], x.row(place(i)));
    }
  }
  /// All rows in place, if they lie in memory exactly as read() would return them; otherwise an empty view.
  [[nodiscard]] MatrixView<const float> in_place() const {
    return unchecked_ && !unit_ ? source_.in_place() : MatrixView<const float>();
  }

 private:
  void prepare(float* row, Index id) const {
    if (unit_ && normalize(row, cols())) return;
    if (unchecked_ && !unit_) return;
    check_row(who_, id, row, cols(), unit_ ? RowNeed::direction : RowNeed::bounded);
  }

  AnyRows source_;
  bool unit_, unchecked_ = false;
  const char* who_;
  UnitProgress* progress_ = nullptr;
  std::shared_ptr<std::shared_ptr<HeldRows>> held_;
};

}  // namespace shoal
