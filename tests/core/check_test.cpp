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
