#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <shoal/core/check.hpp>

using namespace shoal;

TEST_CASE("a failed check throws its code and its parts put together") {
  check(true, Errc::bad_data, "never");
  try {
    check(false, Errc::too_large, "plan: needs ", 12, " bytes, the budget is ", 3.5);
    FAIL("must throw");
  } catch (const error& e) {
    CHECK(e.code() == Errc::too_large);
    CHECK(std::string(e.what()) == "plan: needs 12 bytes, the budget is 3.5");
  }
}

TEST_CASE("a float is shown with the digits that tell it from all others, a double with six") {
  const auto shown = [](auto value) {
    try {
      fail(Errc::bad_data, value);
    } catch (const error& e) {
      return std::string(e.what());
    }
  };
  CHECK(shown(1.0000001f) == "1.0000001");
  CHECK(shown(0.1f) == "0.1");
  CHECK(shown(100000.f) == "100000");
  CHECK(shown(4e30f) == "4e+30");
  CHECK(shown(-std::numeric_limits<float>::infinity()) == "-inf");
  CHECK(shown(1.0000001) == "1");
}
