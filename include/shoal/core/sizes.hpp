// Products of sizes that may overflow, and allocations that may fail: both give a shoal::error.
#pragma once

#include <initializer_list>
#include <limits>
#include <new>
#include <stdexcept>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// The product of sizes: a number of elements, bytes or pairs. Throws invalid_argument for a negative size
/// and too_large for a product above 2^63 − 1; the message starts with `what`, such as "fit: n × d".
[[nodiscard]] inline Index checked_product(const char* what, std::initializer_list<Index> sizes) {
  bool empty = false;
  for (const Index size : sizes) {
    check(size >= 0, Errc::invalid_argument, what, " (", size, ") must not be negative");
    empty = empty || size == 0;
  }
  Index product = empty ? 0 : 1;
  for (const Index size : sizes)
    if (!empty) {
      check(product <= std::numeric_limits<Index>::max() / size, Errc::too_large, what, " (", product, " × ",
            size, ") is beyond 2^63");
      product *= size;
    }
  return product;
}

/// Returns work(), and turns std::bad_alloc and std::length_error into error(too_large). `parts` say in the
/// message what did not fit.
template <class Work, class... Parts> decltype(auto) allocating(Work&& work, const Parts&... parts) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    fail(Errc::too_large, parts..., " does not fit into memory");
  } catch (const std::length_error&) {
    fail(Errc::too_large, parts..., " is longer than any array can be");
  }
}

}  // namespace shoal
