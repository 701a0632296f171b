// Samples of row numbers, random or evenly spread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <shoal/core/random.hpp>

namespace shoal {

/// `count` of the numbers [0, n), drawn without replacement, ascending; all of them where count ≥ n. A pure
/// function of its arguments. O(n).
inline std::vector<Index> sample_rows(Index n, Index count, std::uint64_t seed) {
  std::vector<Index> ids(static_cast<std::size_t>(n));
  std::iota(ids.begin(), ids.end(), Index{0});
  if (count >= n) return ids;
  const Philox random(seed, 0x5A3B1E);
  for (Index i = 0; i < count; ++i)  // Fisher and Yates, as far as it is needed
    std::swap(ids[static_cast<std::size_t>(i)],
              ids[static_cast<std::size_t>(i + random.below(n - i, static_cast<std::uint64_t>(i)))]);
  ids.resize(static_cast<std::size_t>(count));
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// The numbers ⌊i n / count⌋ for i in [0, count): ascending, spread evenly over [0, n), and different ones
/// where count ≤ n. O(count).
inline std::vector<Index> spread_rows(Index n, Index count) {
  std::vector<Index> ids(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) ids[static_cast<std::size_t>(i)] = i * n / count;
  return ids;
}

}  // namespace shoal
