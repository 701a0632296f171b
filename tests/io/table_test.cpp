#include "support/refused.hpp"
#include "support/scratch.hpp"

#include <fstream>
#include <thread>
#include <vector>
#if !defined(_WIN32)
#include <sys/stat.h>
#endif

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

TEST_CASE("the byte order mark is no text; what isn't UTF-8 is refused by line") {
  const Scratch scratch("table");
  const std::string path = scratch / "t.tsv";
  const auto texts = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    std::vector<std::string> found;
    each_line(path, [&](const Line& line) { found.emplace_back(line.text); });
    return found;
  };
  CHECK(texts("\xEF\xBB\xBF"
              "a\tb\r\nc\r\n") == std::vector<std::string>{"a\tb", "c"});
  CHECK(texts("\xEF\xBB\xBF").empty());
  CHECK(texts("é\n鯨") == std::vector<std::string>{"é", "鯨"});
  const auto refused = [&](const std::string& bytes, const std::string& words) {
    test::refused(Errc::bad_file, words, [&] { (void)texts(bytes); });
  };
  refused("a\ncaf\xE9\n", "t.tsv:2: byte 233 is not text: save the file as UTF-8");
  refused(std::string("a\n\nb\0c", 6), "t.tsv:3: byte 0 is not text");
  refused("\xFF\xFE" + std::string("a\0", 2), "UTF-16");
}

TEST_CASE("a pipe is read to its end; a device and a folder are refused") {
  const Scratch scratch("table");
  std::vector<std::string> others{scratch.path};
#if !defined(_WIN32)
  REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(scratch / "pipe") << "text"; });
  CHECK(read_bytes(scratch / "pipe") == "text");
  writer.join();
  others.push_back("/dev/zero");
#endif
  for (const std::string& path : others)
    test::refused(Errc::bad_file, "neither a regular file nor a pipe", [&] { (void)read_bytes(path); });
}
