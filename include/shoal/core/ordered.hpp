// Sorting by what stands elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include <shoal/core/function_ref.hpp>

namespace shoal {

/// The numbers [0, count) in the order of less(a, b); those that are equal stay ascending. O(count log count)
/// comparisons.
[[nodiscard]] inline std::vector<std::size_t> ordered(std::size_t count,
                                                      FunctionRef<bool(std::size_t, std::size_t)> less) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), less);
  return order;
}

}  // namespace shoal
