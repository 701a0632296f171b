#include <clocale>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <shoal/core/parse_double.hpp>

TEST_CASE("numbers from text, by from_chars and by strtod") {
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
  check([](std::string_view text, double& x) { return shoal::parse_double_impl::parse_by_strtod(text, x); });
  double x = 1;
  CHECK(shoal::parse_double("1e-400", x));
  CHECK(x == 0);
  CHECK(!shoal::parse_double("1e-400x", x));
}

TEST_CASE("numbers have a point in any locale") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* locale : {"de_DE.UTF-8", "de_DE.utf8", "C"}) {  // the first that is installed
    if (std::setlocale(LC_NUMERIC, locale) == nullptr) continue;
    double x = 0;
    CHECK(shoal::parse_double("1.5e-320", x));
    CHECK(x == 1.5e-320);
    CHECK(shoal::parse_double_impl::parse_by_strtod("2.5", x));
    CHECK(x == 2.5);
    CHECK(!shoal::parse_double_impl::parse_by_strtod("2,5", x));
    break;
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}
