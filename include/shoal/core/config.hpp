// What all of shoal agrees on: the integer types, and the mark of code that a GPU runs too.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)
#define SHOAL_HD __host__ __device__
#else
#define SHOAL_HD
#endif

namespace shoal {

/// Counts and positions of rows: 64 bits, so that n × C never overflows.
using Index = std::int64_t;

/// A cluster or class id, and the type in which labels are stored. Negative means "none".
using Label = std::int32_t;

}  // namespace shoal
