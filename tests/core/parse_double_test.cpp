#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/parse_double.hpp>

TEST_CASE("numbers from text, by from_chars and by a stream") {
  const auto check = [](auto parse) {
    double x = 0;
    for (const auto& [text, value] : {std::pair<const char*, double>{"1.5", 1.5},
                                      {"-2e3", -2000},
                                      {".5", 0.5},
                                      {"7", 7},
                                      {"0.1", 0.1},
                                      {"123456789.123456789", 123456789.123456789}}) {
      CAPTURE(text);
      CHECK(parse(std::string_view(text), x));
      CHECK(x == value);
    }
    CHECK(parse(std::string_view("-inf"), x));
    CHECK(x == -std::numeric_limits<double>::infinity());
    CHECK(parse(std::string_view("NaN"), x));
    CHECK(std::isnan(x));
    CHECK(parse(std::string_view("1e999"), x));
    CHECK(x == std::numeric_limits<double>::infinity());
    for (const char* bad : {"", " ", "1 ", " 1", "a", "1a", "1,5", "+1", "--1", "e5", "1e", "0x10"}) {
      CAPTURE(bad);
      CHECK(!parse(std::string_view(bad), x));
    }
  };
  check([](std::string_view text, double& x) { return shoal::parse_double(text, x); });
  check([](std::string_view text, double& x) { return shoal::parse_double_impl::parse_by_stream(text, x); });
  double x = 1;
  CHECK(shoal::parse_double("1e-400", x));
  CHECK(x == 0);
}
