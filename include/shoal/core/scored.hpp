// A score and an id in one word, so that the better of two is the larger word.
#pragma once

#include <cstdint>

#include <shoal/core/config.hpp>

namespace shoal {

/// Packs a score and an id into one word. A word is larger for a higher score and, at equal scores, for a
/// lower id. It is never 0 for a finite score.
SHOAL_HD inline std::uint64_t scored(float score, Index id) {
  std::uint32_t bits = __builtin_bit_cast(std::uint32_t, score + 0.f);  // −0 becomes 0: they are equal
  bits = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return std::uint64_t{bits} << 32 | (0xFFFFFFFFu - static_cast<std::uint32_t>(id));
}
SHOAL_HD inline std::int32_t id_of(std::uint64_t word) {
  return static_cast<std::int32_t>(0xFFFFFFFFu - static_cast<std::uint32_t>(word));
}
SHOAL_HD inline float score_of(std::uint64_t word) {
  const auto bits = static_cast<std::uint32_t>(word >> 32);
  return __builtin_bit_cast(float, (bits & 0x80000000u) != 0 ? bits & 0x7FFFFFFFu : ~bits);
}

}  // namespace shoal
