#include "support/hidden.hpp"

#include <initializer_list>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/core/finite.hpp>

using namespace shoal;
using test::hidden;

namespace {

template <class T> void tells_what_is_finite() {
  using Limits = std::numeric_limits<T>;
  for (const T x :
       {T(0), T(-0.), T(1), Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min()}) {
    CHECK(is_finite(hidden(x)));
    CHECK(!is_nan(hidden(x)));
  }
  for (const T x : {Limits::infinity(), -Limits::infinity()}) {
    CHECK(!is_finite(hidden(x)));
    CHECK(!is_nan(hidden(x)));
  }
  for (const T x : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::signaling_NaN()}) {
    CHECK(!is_finite(hidden(x)));
    CHECK(is_nan(hidden(x)));
  }
}

}  // namespace

TEST_CASE("NaN and infinity are told from numbers") {
  tells_what_is_finite<float>();
  tells_what_is_finite<double>();
}
