// Random draws of rows with given masses, whichever ranks hold the rows.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <shoal/backend/shard.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/core/int128.hpp>
#include <shoal/core/workers.hpp>

namespace shoal {

/// A discrete distribution over the rows of all ranks. Masses are counted in units of 2^−95 of n times the
/// largest, as 128-bit integers. So cumulated masses are exact, and a draw does not depend on how rows are
/// divided among blocks and ranks. Rows with a mass below one unit are never drawn.
class RowDistribution {
 public:
  explicit RowDistribution(const Shard& shard)
      : shard_(shard), ends_(static_cast<std::size_t>(block_count(shard.rows(), cell)), 0) {}

  /// Σ mass(row) over the rows of all ranks; to be called before draws with the same mass. Exchanges a few
  /// numbers.
  template <class Mass> double fill(Workers workers, const Mass& mass) {
    std::vector<double> largest(static_cast<std::size_t>(block_count(shard_.rows(), block)), 0.0);
    each_block(workers, [&](Block b) {
      double& most = largest[static_cast<std::size_t>(b.index)];
      for (Index i = b.first; i < b.first + b.count; ++i) most = std::max(most, mass(i));
    });
    const double most = shard_.max(largest.empty() ? 0.0 : *std::max_element(largest.begin(), largest.end()));
    const int room = std::ilogb(static_cast<double>(shard_.total())) + 1;
    exponent_ = most > 0 ? 95 - room - (std::ilogb(most) + 1) : 0;
    each_block(workers, [&](Block b) {
      const Index end = b.first + b.count;
      for (Index first = b.first; first < end; first += cell) {
        Units sum = 0;
        for (Index i = first; i < std::min(first + cell, end); ++i) sum += this->units(mass(i));
        ends_[static_cast<std::size_t>(first / cell)] = sum;
      }
    });
    for (std::size_t c = 1; c < ends_.size(); ++c) ends_[c] += ends_[c - 1];
    cumulate(ends_.empty() ? 0 : ends_.back());
    return total();
  }
  [[nodiscard]] double total() const { return std::ldexp(static_cast<double>(total_), -exponent_); }

  /// The ids of the rows at the given places in [0, 1) of the cumulated masses. Pre: total() > 0. Exchanges 8
  /// bytes for each draw.
  template <class Mass>
  [[nodiscard]] std::vector<Index> draw(std::span<const double> places, const Mass& mass,
                                        Workers workers) const {
    std::vector<Index> ids(places.size(), 0);
    workers.each_task(std::ssize(places), [&](Index k, int) {
      const Units at = this->place(places[static_cast<std::size_t>(k)]);
      if (at >= before_ && at - before_ < own())
        ids[static_cast<std::size_t>(k)] = shard_.first() + row_at(at - before_, mass);
    });
    shard_.ranks().sum(ids);
    return ids;
  }

 private:
  using Units = UInt128;
  static constexpr Index block = 1024;  // rows that a task sums
  static constexpr Index cell = 32;     // rows between two cumulated masses

  [[nodiscard]] Units own() const { return ends_.empty() ? 0 : ends_.back(); }
  /// ⌊mass · 2^exponent⌋, from the bits of the mass: several times as fast as by std::ldexp. Pre: mass ≥ 0.
  [[nodiscard]] Units units(double mass) const {
    const auto bits = std::bit_cast<std::uint64_t>(mass);
    const int exponent = static_cast<int>(bits >> 52 & 0x7FF);  // without the sign of −0
    const Units mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent > 0 ? std::uint64_t{1} << 52 : 0);
    const int shift = std::max(exponent, 1) - 1075 + exponent_;
    return shift >= 0 ? mantissa << shift : shift > -53 ? mantissa >> -shift : 0;
  }
  template <class F> void each_block(Workers workers, const F& f) const {
    workers.each_block(shard_.rows(), block, [&](Block b, int) { f(b); });
  }

  /// The sum of the totals of the ranks before this one, and that of all ranks.
  void cumulate(Units mine) {
    const std::uint64_t halves[2] = {static_cast<std::uint64_t>(mine >> 64),
                                     static_cast<std::uint64_t>(mine)};
    const std::vector<std::uint64_t> all = shard_.ranks().all_gather(halves, 2);
    total_ = before_ = 0;
    for (std::size_t r = 0; r < all.size(); r += 2) {
      if (r / 2 == static_cast<std::size_t>(shard_.ranks().rank())) before_ = total_;
      total_ += Units{all[r]} << 64 | all[r + 1];
    }
  }

  /// ⌊u total⌋ for u with 53 bits.
  [[nodiscard]] Units place(double u) const {
    const auto share = static_cast<std::uint64_t>(u * 0x1p53);
    const Units low = total_ & ((Units{1} << 53) - 1);
    return (total_ >> 53) * share + (low * share >> 53);
  }

  template <class Mass> [[nodiscard]] Index row_at(Units at, const Mass& mass) const {
    const auto c = std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin();
    if (c > 0) at -= ends_[static_cast<std::size_t>(c) - 1];
    for (Index i = c * cell;; ++i) {
      const Units own = units(mass(i));
      if (at < own) return i;
      at -= own;
    }
  }

  const Shard& shard_;
  Buffer<Units> ends_;  // [cells] cumulated masses of this rank's rows
  Units before_ = 0, total_ = 0;
  int exponent_ = 0;
};

}  // namespace shoal
