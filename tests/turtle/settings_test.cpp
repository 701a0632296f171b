#include "support/refused.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/turtle/settings.hpp>

using namespace shoal;

TEST_CASE("settings out of range are refused by name") {
  const auto refuses = [](const char* name, auto change) {
    Turtle settings{.clusters = 3};
    turtle_impl::check_settings(settings, 10);
    change(settings);
    test::refused(Errc::invalid_argument, name, [&] { turtle_impl::check_settings(settings, 10); });
  };
  refuses("clusters (0)", [](Turtle& s) { s.clusters = 0; });
  refuses("clusters (11)", [](Turtle& s) { s.clusters = 11; });
  refuses("steps (0)", [](Turtle& s) { s.steps = 0; });
  refuses("inner_steps (0)", [](Turtle& s) { s.inner_steps = 0; });
  refuses("batch (0)", [](Turtle& s) { s.batch = 0; });
  refuses("learning_rate (-1)", [](Turtle& s) { s.learning_rate = -1; });
  refuses("inner_rate (inf)", [](Turtle& s) { s.inner_rate = std::numeric_limits<double>::infinity(); });
  refuses("entropy_weight", [](Turtle& s) { s.entropy_weight = std::numeric_limits<double>::quiet_NaN(); });
}
