#include <string>

#include <doctest/doctest.h>

#include <shoal/core/check.hpp>
#include <shoal/core/printable.hpp>

using namespace shoal;

TEST_CASE("control characters are shown, everything else stays") {
  CHECK(printable("features.npy") == "features.npy");
  CHECK(printable("n × d, “é”, 鯨") == "n × d, “é”, 鯨");
  CHECK(printable("\x1b[2J\x1b]0;x\x07") == "\\x1b[2J\\x1b]0;x\\x07");
  CHECK(printable("a\nb\rc\td\x7f") == "a\\x0ab\\x0dc\\x09d\\x7f");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\xC2\x9B\x33mred") == "\\x9b3mred");  // CSI, as one C1 character
  CHECK(printable("\xC2\xA0") == "\xC2\xA0");
}

TEST_CASE("an error's message is one line, cut between characters where it is too long") {
  const error e(Errc::bad_file, "file \x1b[31m\n.tsv");
  CHECK(std::string(e.what()) == "file \\x1b[31m\\x0a.tsv");
  std::string dashes;
  for (int i = 0; i < 5000; ++i) dashes += "–";  // three bytes each
  const std::string what = error(Errc::bad_file, dashes).what();
  CHECK(what.size() < 4100);
  CHECK(first_not_utf8(what) == what.size());
  CHECK(what.ends_with("…"));
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("é", 1) == "…");
}

TEST_CASE("what is UTF-8 and what is not") {
  for (const char* good : {"", "abc", "é", "鯨", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"})
    CHECK(first_not_utf8(good) == std::string_view(good).size());
  CHECK(first_not_utf8("caf\xE9") == 3);                // Latin-1
  CHECK(first_not_utf8("ab\xC3") == 2);                 // cut short
  CHECK(first_not_utf8("\xC0\xAF") == 0);               // overlong
  CHECK(first_not_utf8("\xE0\x80\xAF") == 0);           // overlong
  CHECK(first_not_utf8("\xF0\x80\x80\xAF") == 0);       // overlong
  CHECK(first_not_utf8("x\xED\xA0\x80") == 1);          // a surrogate
  CHECK(first_not_utf8("\xF4\x90\x80\x80") == 0);       // beyond U+10FFFF
  CHECK(first_not_utf8("\x80") == 0);                   // a continuation alone
  CHECK(first_not_utf8("\xFF\xFE") == 0);
}
