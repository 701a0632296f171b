#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/io/table.hpp>

using namespace shoal;

TEST_CASE("lines, fields, words and numbers, with errors that name file and line") {
  const Scratch scratch("table");
  const std::string path = scratch / "t.tsv";
  std::ofstream(path, std::ios::binary) << "a\tb\r\n\n# no row\n\tc";
  std::vector<std::pair<Index, std::string>> lines, rows;
  each_line(path, [&](const Line& line) { lines.emplace_back(line.number, line.text); });
  each_row_of(path, [&](const Line& line) { rows.emplace_back(line.number, line.text); });
  CHECK(lines ==
        std::vector<std::pair<Index, std::string>>{{1, "a\tb"}, {2, ""}, {3, "# no row"}, {4, "\tc"}});
  CHECK(rows == std::vector<std::pair<Index, std::string>>{{1, "a\tb"}, {4, "\tc"}});
  CHECK(split("a\t\tb", '\t') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(words("  a \t b ") == std::vector<std::string_view>{"a", "b"});
  CHECK(words("").empty());

  const Line line{"f.tsv", 3, ""};
  CHECK(whole_number(line, "-12", "x") == -12);
  CHECK(whole_number(line, "1f", "x", 16) == 31);
  for (const char* bad : {"", "1.5", "a", "9999999999999999999999"})
    CHECK_THROWS_WITH_AS((void)whole_number(line, bad, "x"),
                         ("f.tsv:3: x (" + std::string(bad) + ") must be a whole number").c_str(), error);
  CHECK_THROWS_AS(each_line(scratch / "missing", [](const Line&) {}), error);
}
