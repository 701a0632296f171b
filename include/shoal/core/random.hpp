// Random numbers from a counter: each value is a pure function of (seed, stream, position), so that any
// thread can compute any of them and the result is the same for every number of threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include <shoal/core/config.hpp>
#include <shoal/core/int128.hpp>

namespace shoal {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// Streams of one seed are independent: give each use its own stream number. Cheap to copy, has no state.
class Philox {
 public:
  SHOAL_HD constexpr Philox(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  /// Four uniform 32-bit words.
  struct Words {
    std::uint32_t w[4];
  };

  /// The four words of `position`.
  [[nodiscard]] SHOAL_HD constexpr Words words(std::uint64_t position) const {
    std::uint32_t c0 = low(position), c1 = high(position), c2 = low(stream_), c3 = high(stream_);
    std::uint32_t k0 = low(seed_), k1 = high(seed_);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2;
      c0 = high(p1) ^ c1 ^ k0;
      c2 = high(p0) ^ c3 ^ k1;
      c1 = low(p1);
      c3 = low(p0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
  }

  /// A uniform 64-bit word.
  [[nodiscard]] SHOAL_HD constexpr std::uint64_t word(std::uint64_t position) const {
    const Words r = words(position);
    return (std::uint64_t{r.w[0]} << 32) | r.w[1];
  }

  /// Uniform in [0, 1), with 53 bits.
  [[nodiscard]] SHOAL_HD constexpr double uniform(std::uint64_t position) const {
    return static_cast<double>(word(position) >> 11) * 0x1p-53;
  }

  /// Uniform in [0, bound) by Lemire's multiply-high; the bias is below bound / 2^64. Pre: bound > 0.
  [[nodiscard]] SHOAL_HD constexpr Index below(Index bound, std::uint64_t position) const {
    return static_cast<Index>(UInt128{word(position)} * static_cast<std::uint64_t>(bound) >> 64);
  }

  /// Standard normal (Box and Muller).
  [[nodiscard]] double normal(std::uint64_t position) const {
    const Words r = words(position);
    const double u = (static_cast<double>(r.w[0]) + 1.0) * 0x1p-32;
    const double v = static_cast<double>(r.w[1]) * 0x1p-32;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  }

 private:
  SHOAL_HD static constexpr std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
  SHOAL_HD static constexpr std::uint32_t high(std::uint64_t v) {
    return static_cast<std::uint32_t>(v >> 32);
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace shoal
