#include <doctest/doctest.h>

#include <shoal/core/progress.hpp>

using namespace shoal;

TEST_CASE("an empty hook goes on, a hook decides") {
  CHECK(report({}, {}));
  Index seen = -1;
  const Hook stop_at_three = [&](const Progress& p) {
    seen = p.done;
    return p.done < 3;
  };
  CHECK(report(stop_at_three, {.phase = "steps", .done = 2}));
  CHECK_FALSE(report(stop_at_three, {.phase = "steps", .done = 3}));
  CHECK(seen == 3);
}
