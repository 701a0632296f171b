// Sums that do not depend on the order of addends: they have the same bits for any permutation, and for any
// division among threads and machines.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// A grid of multiples of a power of two, the unit, to which addends are rounded, so that their sums are
/// integer sums. For n addends of magnitude up to A, the unit is A 2^(max(−51, ⌈log2 n⌉ − 62)), with A
/// rounded up to a power of two. Then a sum fits 64 bits and has an error of at most n/2 units, a mean at
/// most half a unit. For n up to 2,048 the loss is negligible (51 bits remain); for 10⁹ addends 32 bits
/// remain.
class SumGrid {
 public:
  /// The integers, of magnitude up to 2^51.
  SumGrid() = default;
  /// For up to `count` addends of magnitude at most `largest`. Throws too_large beyond 2^40 addends.
  SumGrid(double largest, double count) {
    check(count <= 0x1p40, Errc::too_large, "SumGrid: count (", count, ") must not exceed 2^40");
    check(largest <= 0x1p900, Errc::bad_data, "SumGrid: largest (", largest, ") must be finite");
    if (!(largest > 0)) return;
    const int bits = std::ilogb(largest) + 1;  // largest < 2^bits
    const int room = count > 1 ? std::ilogb(count - 0.5) + 1 : 0;
    middle_ = std::ldexp(0x1.8p52, std::max(-900, bits - std::min(51, 62 - room)));
  }

  /// x in units, rounded to the nearest (ties to even). Pre: |x| ≤ largest. Adding 1.5 · 2^52 units leaves
  /// the rounded integer in the last bits of the double, which works wherever vectors of doubles can be
  /// added.
  [[nodiscard]] SHOAL_HD std::int64_t units(double x) const {
    return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(x + middle_) -
                                     std::bit_cast<std::uint64_t>(middle_));
  }
  /// The value of a number of units, in double precision.
  [[nodiscard]] SHOAL_HD double value(std::int64_t units) const {
    return static_cast<double>(units) * unit();
  }
  [[nodiscard]] SHOAL_HD double unit() const { return middle_ / 0x1.8p52; }

 private:
  double middle_ = 0x1.8p52;
};

/// The exact sum of doubles of any magnitude: a fixed-point number with room for all of them (Neal, "Fast
/// exact summation using small and large superaccumulators", 2015), in limbs of 32 bits stored in 64. For
/// sums of one number for each row: an addition takes about 2 ns.
class ExactSum {
 public:
  /// Pre: x is finite.
  void add(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto exponent = static_cast<unsigned>(bits >> 52 & 0x7FF);
    const std::uint64_t mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent > 0 ? std::uint64_t{1} << 52 : 0);
    const unsigned place = exponent > 0 ? exponent - 1 : 0, shift = place % 32;
    const std::uint64_t low = (mantissa & 0xFFFFFFFF) << shift, high = (mantissa >> 32) << shift;
    const std::int64_t sign = bits >> 63 ? -1 : 1;
    std::int64_t* limb = limbs_.data() + place / 32;
    limb[0] += sign * static_cast<std::int64_t>(low & 0xFFFFFFFF);
    limb[1] += sign * static_cast<std::int64_t>((low >> 32) + (high & 0xFFFFFFFF));
    limb[2] += sign * static_cast<std::int64_t>(high >> 32);
    if (++added_ == 1 << 29) carry();  // a limb has room for 2^30 additions
  }
  void add(ExactSum other) {
    carry();
    for (std::size_t i = 0; i < limbs_.size(); ++i) limbs_[i] += other.limbs()[i];
    carry();
  }

  /// The sum, correct to the last or the second-last bit.
  [[nodiscard]] double value() const {
    ExactSum sum = *this;
    sum.carry();
    const bool negative = sum.limbs_.back() < 0;
    if (negative) {
      for (std::int64_t& limb : sum.limbs_) limb = -limb;
      sum.carry();
    }
    double value = 0;
    for (std::size_t i = sum.limbs_.size(); i-- > 0;)
      if (sum.limbs_[i] != 0)
        value += std::ldexp(static_cast<double>(sum.limbs_[i]), 32 * static_cast<int>(i) - 1074);
    return negative ? -value : value;
  }

  /// The limbs after carrying. The element-wise sums of the limbs of up to 2^30 sums are the limbs of the
  /// total sum.
  [[nodiscard]] std::span<std::int64_t> limbs() {
    carry();
    return limbs_;
  }

 private:
  /// Reduces all limbs but the last to [0, 2^32).
  void carry() {
    added_ = 0;
    for (std::size_t i = 0; i + 1 < limbs_.size(); ++i) {
      limbs_[i + 1] += limbs_[i] >> 32;
      limbs_[i] &= 0xFFFFFFFF;
    }
  }

  std::array<std::int64_t, 68> limbs_{};
  int added_ = 0;
};

}  // namespace shoal
