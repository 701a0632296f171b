// What all of shoal agrees on: what the compiler must give, the integer types, and the mark of code that a
// GPU runs too.
#pragma once

// The include of what isn't there ends the compilation: hundreds of errors would bury the one that says why.
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
