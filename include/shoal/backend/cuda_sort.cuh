// Sorting by Thrust on the system that the policy names: the GPU, or the CPU in tests.
#pragma once

#include <thrust/sort.h>

#include <shoal/core/config.hpp>

namespace shoal {

/// Sorts the keys and permutes the values accordingly; equal keys keep their order. O(count) by radix sort on
/// a GPU.
template <class Policy> void sort_by_key(const Policy& policy, Label* keys, Label* values, Index count) {
  thrust::stable_sort_by_key(policy, keys, keys + count, values);
}

}  // namespace shoal
