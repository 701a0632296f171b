// Rows of several sources, one after another.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// A source that decodes its rows and keeps some of them: held() tells the bytes that it keeps, and forget()
/// gives them up. Both may be called while other threads read.
template <class S>
concept KeepsRows = RowSource<S> && requires(const S& source) {
  { source.held() } -> std::convertible_to<std::size_t>;
  source.forget();
};

namespace concatenated_impl {

/// Bounds what several sources keep: those that were read longest ago forget theirs.
class KeptRows {
 public:
  explicit KeptRows(std::size_t sources) : held_(sources) {}

  /// Notes that source `s` was read; where more than `most` bytes are then kept, others forget.
  template <class S> void was_read(const std::vector<S>& sources, std::size_t s, std::size_t most) {
    const std::lock_guard<std::mutex> one(calls_);
    if (recent_.empty() || recent_.back() != s) {
      std::erase(recent_, s);
      recent_.push_back(s);
    }
    count(s, sources[s].held());
    while (total_ > most && recent_.size() > 1) {
      const std::size_t oldest = recent_.front();
      sources[oldest].forget();
      count(oldest, 0);
      recent_.erase(recent_.begin());
    }
  }

 private:
  void count(std::size_t s, std::size_t bytes) {
    total_ += bytes - held_[s];
    held_[s] = bytes;
  }

  std::mutex calls_;
  std::vector<std::size_t> recent_;  // the sources that keep rows, the last read last
  std::vector<std::size_t> held_;    // [sources] bytes
  std::size_t total_ = 0;
};

}  // namespace concatenated_impl

/// The rows of the first source, followed by those of the second, and so on. They may differ in rows and
/// dtype, but not in columns. Sources that keep what they have decoded keep `most_held` bytes in all, or
/// what one of them keeps. Copies share the sources. Safe to read from several threads if the sources are.
template <RowSource S> class Concatenated {
 public:
  static constexpr std::size_t most_held = std::size_t{1} << 28;

  /// The sources that open(path) gives, in the order of the paths. Throws what it throws, invalid_argument if
  /// there are no paths, and bad_file, with the path, for a source that differs from the first in the number
  /// of columns.
  template <class Open> Concatenated(const std::vector<std::string>& paths, const Open& open) {
    check(!paths.empty(), Errc::invalid_argument, "Concatenated: there are no files");
    auto parts = std::make_shared<Parts>(paths.size());
    for (const std::string& path : paths) {
      const S& source = parts->sources.emplace_back(open(path));
      const Index cols = parts->sources.front().cols();
      check(source.cols() == cols, Errc::bad_file, path, " has ", source.cols(), " columns where ",
            paths.front(), " has ", cols);
      parts->starts.push_back(parts->starts.back() + source.rows());
    }
    parts_ = std::move(parts);
  }

  [[nodiscard]] Index rows() const { return parts_->starts.back(); }
  [[nodiscard]] Index cols() const { return sources().front().cols(); }
  [[nodiscard]] const std::vector<S>& sources() const { return parts_->sources; }

  void read(Index first, MatrixView<float> out) const {
    each_part(first, out.rows, [&](std::size_t s, Index from, Index count, Index done) {
      sources()[s].read(from, out.block(done, count));
      was_read(s);
    });
  }
  /// Reads row by row, or, of sources that keep what they have decoded, one source after another.
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    if constexpr (KeepsRows<S>) {
      gather_by_source(ids, out);
    } else {
      for (std::size_t i = 0; i < ids.size(); ++i) read(ids[i], out.block(static_cast<Index>(i), 1));
    }
  }
  void will_need(Index first, Index count) const {
    if (count == 0)
      for (const S& source : sources()) source.will_need(0, 0);
    each_part(first, count,
              [&](std::size_t s, Index from, Index some, Index) { sources()[s].will_need(from, some); });
  }

 private:
  struct Parts {
    explicit Parts(std::size_t count) : kept(count) { sources.reserve(count); }
    std::vector<S> sources;
    std::vector<Index> starts{0};  // [sources + 1]
    concatenated_impl::KeptRows kept;
  };

  [[nodiscard]] std::size_t source_of(Index row) const {
    const std::vector<Index>& starts = parts_->starts;
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), row) - starts.begin()) - 1;
  }
  /// Calls f(source, its first row, rows, rows before) for each source that holds some of the rows [first,
  /// first + count).
  template <class F> void each_part(Index first, Index count, const F& f) const {
    for (Index done = 0; done < count;) {
      const std::size_t s = source_of(first + done);
      const Index some = std::min(count - done, parts_->starts[s + 1] - first - done);
      f(s, first + done - parts_->starts[s], some, done);
      done += some;
    }
  }
  void gather_by_source(std::span<const Index> ids, MatrixView<float> out) const {
    const std::vector<std::size_t> order =
        ordered(ids.size(), [&](std::size_t a, std::size_t b) { return ids[a] < ids[b]; });
    std::vector<Index> own;
    for (std::size_t k = 0; k < order.size(); k += own.size()) {
      const std::size_t s = source_of(ids[order[k]]);
      own.clear();
      for (std::size_t i = k; i < order.size() && ids[order[i]] < parts_->starts[s + 1]; ++i)
        own.push_back(ids[order[i]] - parts_->starts[s]);
      Matrix<float> rows(std::ssize(own), cols());
      sources()[s].gather(own, rows);
      was_read(s);
      for (std::size_t i = 0; i < own.size(); ++i)
        std::copy_n(rows.data() + static_cast<Index>(i) * cols(), cols(),
                    out.data + static_cast<Index>(order[k + i]) * out.stride);
    }
  }
  void was_read(std::size_t s) const {
    if constexpr (KeepsRows<S>) parts_->kept.was_read(sources(), s, most_held);
  }

  std::shared_ptr<Parts> parts_;
};

}  // namespace shoal
