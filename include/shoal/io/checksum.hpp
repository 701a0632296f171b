// Checksums that run at the speed of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace shoal {

/// FNV-1a over 64-bit words, with the last word padded with zeros (Fowler, Noll, Vo). Each step is a
/// bijection of the state, so damage to a single word always changes the sum. It does not protect against
/// deliberate changes. O(bytes); one multiplication for each word.
[[nodiscard]] inline std::uint64_t checksum(const void* data, std::size_t bytes) {
  std::uint64_t sum = 0xCBF29CE484222325u ^ bytes;
  const auto* next = static_cast<const unsigned char*>(data);
  for (; bytes > 0; next += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    const std::size_t taken = bytes < sizeof word ? bytes : sizeof word;
    std::memcpy(&word, next, taken);
    sum = (sum ^ word) * 0x100000001B3u;
    sum ^= sum >> 32;  // so that high bits affect low ones too
    bytes -= taken;
    if (taken < sizeof word) break;
  }
  return sum;
}

/// The checksum of eight such sums over interleaved parts of the words. It is several times faster, since the
/// multiplications do not wait for each other, and it differs from checksum().
[[nodiscard]] inline std::uint64_t interleaved_checksum(const void* data, std::size_t bytes) {
  constexpr std::size_t parts = 8;
  std::uint64_t sums[parts + 1] = {1, 2, 3, 4, 5, 6, 7, 8, bytes};
  const auto* next = static_cast<const unsigned char*>(data);
  for (; bytes >= parts * sizeof(std::uint64_t); bytes -= parts * sizeof(std::uint64_t))
    for (std::size_t k = 0; k < parts; ++k, next += sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, next, sizeof word);
      sums[k] = (sums[k] ^ word) * 0x100000001B3u;
      sums[k] ^= sums[k] >> 32;
    }
  sums[parts] ^= checksum(next, bytes);
  return checksum(sums, sizeof sums);
}

/// The checksum of row number `row` of many. The sum over all rows, modulo 2^64, distinguishes rows and their
/// order, and is the same for any division of the rows among threads and ranks.
[[nodiscard]] inline std::uint64_t row_checksum(std::uint64_t row, const void* data, std::size_t bytes) {
  const std::uint64_t words[2] = {row, interleaved_checksum(data, bytes)};
  return checksum(words, sizeof words);
}

}  // namespace shoal
