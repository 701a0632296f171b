// The rows of one rank among those of all ranks.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/exact_sums.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/io/checked_rows.hpp>

namespace shoal {

/// The distribution of rows over ranks: rank 0 has the first rows, rank 1 the next, and so on; a rank may
/// have none. The ids of rows run through all ranks. All functions except the plain accessors are exchanges,
/// which every rank must call.
class Shard {
 public:
  /// This rank has the given number of rows and columns. Throws invalid_argument if ranks differ in columns.
  Shard(AnyCommunicator ranks, Index rows, Index cols) : ranks_(ranks), starts_{0} {
    const Index own[2] = {rows, cols};
    const std::vector<Index> all = ranks_.all_gather(own, 2);
    for (std::size_t r = 0; r < all.size(); r += 2) {
      check(all[r + 1] == all[1], Errc::invalid_argument, "rows of rank ", r / 2, " have ", all[r + 1],
            " features where those of rank 0 have ", all[1]);
      starts_.push_back(starts_.back() + all[r]);
    }
  }

  [[nodiscard]] const AnyCommunicator& ranks() const { return ranks_; }
  /// The id of this rank's first row.
  [[nodiscard]] Index first() const { return first(ranks_.rank()); }
  /// The id of the first row of a rank, and the number of its rows.
  [[nodiscard]] Index first(int rank) const { return starts_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] Index rows(int rank) const { return first(rank + 1) - first(rank); }
  /// The number of rows of this rank, and of all ranks.
  [[nodiscard]] Index rows() const { return rows(ranks_.rank()); }
  [[nodiscard]] Index total() const { return starts_.back(); }
  [[nodiscard]] bool holds(Index id) const { return id >= first() && id < first() + rows(); }

  /// Sums over all ranks.
  [[nodiscard]] Index sum(Index own) const {
    ranks_.sum({&own, 1});
    return own;
  }
  [[nodiscard]] double sum(ExactSum own) const {
    if (!ranks_.is_alone()) ranks_.sum(own.limbs());
    return own.value();
  }
  /// The sum over all ranks modulo 2^64, of checksums for example.
  [[nodiscard]] std::uint64_t wrapping_sum(std::uint64_t own) const {
    std::int64_t halves[2] = {static_cast<std::int64_t>(own & 0xFFFFFFFF),
                              static_cast<std::int64_t>(own >> 32)};
    ranks_.sum(halves);
    return static_cast<std::uint64_t>(halves[0]) + (static_cast<std::uint64_t>(halves[1]) << 32);
  }
  /// The maximum over all ranks.
  [[nodiscard]] double max(double own) const {
    const std::vector<double> all = ranks_.all_gather(&own, 1);
    return *std::max_element(all.begin(), all.end());
  }
  /// The maximum of each element.
  template <class T> void max(std::span<T> own) const {
    if (ranks_.is_alone()) return;
    const std::vector<T> all = ranks_.all_gather(own.data(), own.size());
    for (std::size_t i = 0; i < all.size(); ++i) own[i % own.size()] = std::max(own[i % own.size()], all[i]);
  }

  /// value(id) for the rows with these ids; the rank that holds a row provides its value. T must be trivially
  /// copyable.
  template <class T, class Value>
  [[nodiscard]] std::vector<T> told(std::span<const Index> ids, const Value& value) const {
    std::vector<T> own;
    for (const Index id : ids)
      if (holds(id)) own.push_back(value(id));
    const std::vector<T> all = ranks_.all_gather(own);
    std::vector<T> values;
    each_place(ids, [&](std::size_t, std::size_t place) { values.push_back(all[place]); });
    return values;
  }
  /// The numbers, among this rank's rows, of those rows with these ids that it holds.
  [[nodiscard]] std::vector<Index> held(std::span<const Index> ids) const {
    std::vector<Index> here;
    for (const Index id : ids)
      if (holds(id)) here.push_back(id - first());
    return here;
  }
  /// Writes the row with id ids[k] to row k of `out`; `rows` are those of this rank.
  void gather(const CheckedRows& rows, std::span<const Index> ids, MatrixView<float> out) const {
    if (ranks_.is_alone()) return rows.gather_scattered(ids, out);
    const std::vector<Index> here = held(ids);
    Matrix<float> own(std::ssize(here), out.cols);
    rows.gather_scattered(here, own);
    share(own, ids, out);
  }
  /// Writes the row with id ids[k] to row k of `out`; `own` has the rows held(ids) of this rank.
  void share(const Matrix<float>& own, std::span<const Index> ids, MatrixView<float> out) const {
    const std::vector<float> all = ranks_.all_gather(own.data(), static_cast<std::size_t>(own.size()));
    each_place(ids, [&](std::size_t k, std::size_t place) {
      std::copy_n(all.data() + place * static_cast<std::size_t>(out.cols), out.cols,
                  out.row(static_cast<Index>(k)));
    });
  }
  /// Up to `count` rows, evenly spread over the rows of all ranks.
  [[nodiscard]] Matrix<float> sample(const CheckedRows& rows, Index count) const {
    Matrix<float> some(std::min(count, total()), rows.cols());
    std::vector<Index> ids;
    for (Index i = 0; i < some.rows(); ++i) ids.push_back(i * total() / some.rows());
    gather(rows, ids, some);
    return some;
  }

 private:
  [[nodiscard]] std::size_t owner(Index id) const {
    return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), id) - starts_.begin()) -
           1;
  }
  /// Calls f(k, place): the value for ids[k] is at `place` when each rank lists the values of its own ids in
  /// order.
  template <class F> void each_place(std::span<const Index> ids, const F& f) const {
    std::vector<std::size_t> next(starts_.size(), 0);
    for (const Index id : ids) ++next[owner(id) + 1];
    for (std::size_t r = 1; r < next.size(); ++r) next[r] += next[r - 1];
    for (std::size_t k = 0; k < ids.size(); ++k) f(k, next[owner(ids[k])]++);
  }

  AnyCommunicator ranks_;
  std::vector<Index> starts_;  // [ranks + 1] the id of each rank's first row
};

/// For UnitProgress: if the hook of one rank asks to stop, all stop at the next unit.
inline UnitProgress::AnyStops any_stops(const AnyCommunicator& ranks) {
  if (ranks.is_alone()) return {};
  return [&ranks](bool stops) {
    std::int64_t stopping = stops ? 1 : 0;
    ranks.sum({&stopping, 1});
    return stopping > 0;
  };
}

}  // namespace shoal
