#include <vector>

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

TEST_CASE("passes inside a unit are reported as its part, and a wish to stop is kept") {
  std::vector<double> parts;
  const Hook hook = [&](const Progress& p) {
    parts.push_back(p.part);
    return p.part != 0.25;
  };
  UnitProgress progress(hook);
  CHECK(progress.begin({.phase = "steps", .done = 0, .total = 2}));
  progress.pass(1, 4);
  progress.pass(2, 4);
  progress.pass(1, 4);  // of another pass
  progress.pass(4, 4);  // the end of a pass is told with the unit's
  CHECK(progress.stopped());
  CHECK_FALSE(progress.begin({.phase = "steps", .done = 1, .total = 2}));
  CHECK(parts == std::vector<double>{0, 0.25, 0.5, 0});
}
