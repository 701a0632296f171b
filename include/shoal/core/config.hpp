// Common definitions: requirements on the compiler, the integer types, and SHOAL_HD, which marks code that
// also runs on a GPU.
#pragma once

// Including a file that doesn't exist ends the compilation at once; otherwise hundreds of errors would
// follow.
#if __cplusplus < 202002L
#error "shoal needs C++20: compile with -std=c++20 or later"
#include <shoal/needs_cxx20>
#elif !defined(__cpp_exceptions)
#error "shoal reports errors by exceptions: compile without -fno-exceptions"
#include <shoal/needs_exceptions>
#endif

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
