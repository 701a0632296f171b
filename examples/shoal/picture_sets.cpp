#include "picture_sets.hpp"

#include <charconv>
#include <vector>

#include <shoal/io/table.hpp>

shoal::Index picture_number(std::string_view name) {
  name = name.substr(name.find_last_of('/') + 1);
  if (const auto dot = name.find('.'); dot != std::string_view::npos) name = name.substr(0, dot);
  const auto last = name.find_last_not_of("0123456789");
  const std::string_view digits = last == std::string_view::npos ? name : name.substr(last + 1);
  shoal::Index number = -1;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return problem == std::errc{} ? number : -1;
}

shoal::LabelSets sets_of_pictures(const shoal::LabelSets& sets, const Path& names) {
  shoal::LabelSets chosen;
  std::vector<bool> seen(static_cast<std::size_t>(sets.size()));
  shoal::each_line(names, [&](const shoal::Line& line) {
    const shoal::Index number = picture_number(line.text);
    line.expect(number >= 1 && number <= sets.size(), "the name of a picture (", line.text,
                ") must end in its number, from 1 to ", sets.size(), ", the number of label sets");
    const auto at = static_cast<std::size_t>(number - 1);
    line.expect(!seen[at], "picture ", number, " has a row already");
    seen[at] = true;
    chosen.append(sets[number - 1]);
  });
  return chosen;
}
