#include "support/scratch.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/io/atomic_file.hpp>
#include <shoal/io/text_lines.hpp>

TEST_CASE("lines are the same however many bytes are read at once, from any line on") {
  const Scratch folder("lines", memory_folder());
  const std::string path = (folder / "a.txt").string(),
                    text = "one\r\n\ntwo\r\n" + std::string(300, 'x') + "\nlast";
  shoal::write_text(path, text);
  const shoal::InputFile file(path);
  const std::vector<std::string> expected{"one", "", "two", std::string(300, 'x'), "last"};
  for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
    shoal::TextLines lines(file, 0, piece);
    std::vector<std::size_t> starts;
    std::string_view line;
    for (const std::string& want : expected) {
      starts.push_back(lines.offset());
      REQUIRE(lines.next(line));
      CHECK(line == want);
    }
    CHECK(!lines.next(line));
    CHECK(!lines.next(line));
    for (std::size_t k = 0; k < starts.size(); ++k) {
      shoal::TextLines rest(file, starts[k], piece);
      REQUIRE(rest.next(line));
      CHECK(line == expected[k]);
    }
  }
  shoal::write_text(path, "");
  const shoal::InputFile none(path);
  std::string_view line;
  CHECK(!shoal::TextLines(none).next(line));
}
