// How laws fail: by an exception, so that programs with any test framework, or with none, may call them.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/core/check.hpp>

namespace shoal::laws {

/// Throws error(invalid_argument), which names the line of the law, unless the condition holds.
inline void expect(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  check(holds, Errc::invalid_argument, "the law at ", file, ":", line, " does not hold");
}

/// Throws unless |found − right| < tolerance · (scale + the larger of their magnitudes); NaN always throws.
inline void expect_near(double found, double right, double tolerance, double scale = 1,
                        const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  const double slack = tolerance * (scale + std::max(std::abs(found), std::abs(right)));
  check(std::abs(found - right) < slack, Errc::invalid_argument, "the law at ", file, ":", line,
        " does not hold: ", found, " is not ", right);
}

/// Throws unless `work` throws shoal::error.
template <class Work>
void expect_refused(Work&& work, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  bool refused = false;
  try {
    work();
  } catch (const error&) {
    refused = true;
  }
  expect(refused, file, line);
}

}  // namespace shoal::laws
