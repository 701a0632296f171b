#include <map>
#include <string>

#include <doctest/doctest.h>

#include <shoal/core/policy.hpp>

namespace {

struct Plain {
  static constexpr const char* name = "plain";
};
struct Strength {
  static constexpr const char* name = "strength";
  float by = 2;
  int times = 3;
  template <class Visit> void fields(Visit&& visit) const { visit("by", by), visit("times", times); }
  void validate() const {
    if (by < 0) throw by;
  }
};
struct Unnamed {};
struct Silent {
  static constexpr const char* name = "has a parameter that it does not name";
  float by = 2;
};

}  // namespace

static_assert(shoal::Policy<Plain> && shoal::Policy<Strength>);
static_assert(!shoal::Policy<Unnamed> && !shoal::Policy<Silent>);

TEST_CASE("fields are visited by name, and a policy that checks itself is checked") {
  std::map<std::string, double> seen;
  const auto visit = [&](const char* name, auto value) { seen[name] = static_cast<double>(value); };
  shoal::each_field(Plain{}, visit);
  CHECK(seen.empty());
  shoal::each_field(Strength{}, visit);
  CHECK(seen == std::map<std::string, double>{{"by", 2}, {"times", 3}});
  shoal::validate_policy(Plain{});
  shoal::validate_policy(Strength{});
  CHECK_THROWS_AS(shoal::validate_policy(Strength{.by = -1}), float);
}
