// Sorting by Thrust, on whichever of its systems the policy names: the GPU's, or in tests the CPU's.
#pragma once

#include <thrust/sort.h>

#include <shoal/core/config.hpp>

namespace shoal {

/// Sorts keys ascending and values along with them; equal keys keep their order. O(count) by radix on a GPU.
template <class Policy> void sort_by_key(const Policy& policy, Label* keys, Label* values, Index count) {
  thrust::stable_sort_by_key(policy, keys, keys + count, values);
}

}  // namespace shoal
