// What the tests of the GPU's algorithms share: the fake runtime, failures at every call, and how far
// products may be off.
#pragma once

#include <support/fake_runtime.hpp>
#include <support/random_rows.hpp>

#include <doctest/doctest.h>

namespace host {

/// The relative error of rounding to a precision.
inline double unit_roundoff(shoal::Precision p) {
  using shoal::Precision;
  return p == Precision::float32 ? 0x1p-24 : p == Precision::bfloat16 ? 0x1p-8 : 0x1p-11;
}

/// The most that products at a precision may add to a sum of terms whose absolute values add up to one: two
/// factors are rounded, with some room for the float32 sums.
inline double product_slack(shoal::Precision p) { return 2.01 * unit_roundoff(p) + 1e-5; }

/// Does work(runtime) with each of its calls (or allocations alone) made to fail in turn: the error arrives
/// and nothing leaks, each time.
template <class Work> void survives_failures(bool allocations_only, Work&& work) {
  for (Index call = 1;; ++call) {
    FakeRuntime runtime;
    runtime.fail_at(call, allocations_only);
    bool failed = false;
    try {
      work(runtime);
    } catch (const shoal::error& e) {
      failed = true;
      REQUIRE(e.code() == shoal::Errc::device);
    }
    REQUIRE(runtime.live() == 0);
    if (runtime.calls() < call) break;
    REQUIRE(failed);
  }
}

}  // namespace host
