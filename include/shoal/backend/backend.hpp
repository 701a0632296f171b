// What an algorithm may ask of the machine it runs on.
#pragma once

#include <concepts>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// A row functor that does nothing: the probe of the concept below (nvcc rejects a lambda there).
struct AnyRow {
  SHOAL_HD void operator()(Index) const {}
};

/// Where arrays live and who walks their rows; the only layer that names Eigen, cuBLAS or Thrust.
/// Laws (tests/laws/backend.hpp): each_row(n, f) calls f(i) once for each i in [0, n), in any order;
/// product(a, b, c) is c ← a bᵀ to float32 rounding; both give the same bits for any number of threads and
/// from run to run. memory() is the budget in bytes, 0 for none. A backend is a handle: cheap to copy, no
/// global state.
template <class K>
concept Backend = std::copyable<K> && requires(const K k, MatrixView<const float> a, MatrixView<float> c) {
  k.each_row(c.rows, AnyRow{});
  k.product(a, a, c);
  { k.memory() } -> std::convertible_to<std::size_t>;
};

}  // namespace shoal
