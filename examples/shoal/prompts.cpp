#include "prompts.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <shoal/io/table.hpp>

using shoal::Index;
using shoal::Label;

namespace {

constexpr std::string_view places[] = {"{label}", "{}"};

/// The paper, C.2.
const Prompts paper{"itap of a {label}",
                    "a bad photo of the {label}",
                    "an origami {label}",
                    "a photo of the large {label}",
                    "a {label} in a {label} video game",
                    "art of the {label}",
                    "a photo of the small {label}"};

}  // namespace

Prompts read_prompts(const std::string& name) {
  if (name == "paper") return paper;
  Prompts prompts;
  shoal::each_line(name, [&](const shoal::Line& line) {
    const std::string text(line.text);
    line.expect(text.find(places[0]) != std::string::npos || text.find(places[1]) != std::string::npos,
                "a prompt (", text, ") must have {} where the lemma goes");
    line.expect(text.find('\t') == std::string::npos, "a prompt must have no tab");
    prompts.push_back(text);
  });
  shoal::check(!prompts.empty(), shoal::Errc::bad_file, "--prompts: ", name, " holds no prompt");
  return prompts;
}

std::string text_of(const std::string& prompt, const std::string& lemma) {
  std::string text;
  for (std::string_view left = prompt; !left.empty();) {
    const auto place =
        std::ranges::find_if(places, [&](std::string_view name) { return left.starts_with(name); });
    const bool found = place != std::end(places);
    text += found ? std::string_view(lemma) : left.substr(0, 1);
    left.remove_prefix(found ? place->size() : 1);
  }
  return text;
}

LemmaTable read_lemma_table(const Path& path) {
  LemmaTable table;
  std::string last;
  Index run = 0;
  bool first = true;
  shoal::each_row_of(path, [&](const shoal::Line& line) {
    const auto cells = shoal::split(line.text, '\t');
    const Index c = shoal::whole_number(line, cells[0], "class");
    line.expect(c >= 0 && c < std::numeric_limits<Label>::max(), "class (", c, ") must be a label");
    if (first) table.texts = cells.size() > 3;
    first = false;
    line.expect((cells.size() > 3) == table.texts, "has ", cells.size(), " columns, the lines before it ",
                table.texts ? "have a text" : "have no text");
    const std::string key = std::string(cells[0]) + "\t" + (table.texts ? std::string(cells[2]) : "");
    if (table.texts && key == last) {
      ++run;
      if (table.classes.size() == 1) table.prompts = run;
      line.expect(run <= table.prompts, "lemma ", cells[2], " has more texts than the ", table.prompts,
                  " of the first lemma");
      return;
    }
    line.expect(last.empty() || !table.texts || run == table.prompts, "the lemma before it has ", run,
                " texts, the first lemma has ", table.prompts);
    table.classes.push_back(static_cast<Label>(c));
    last = key;
    run = 1;
  });
  shoal::check(!table.texts || run == table.prompts, shoal::Errc::bad_file, path.string(),
               ": the last lemma has ", run, " texts, the first has ", table.prompts);
  return table;
}
