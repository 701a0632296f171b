// Words joined into a list, as in a sentence.
#pragma once

#include <string>
#include <vector>

/// "1 step", "7 steps": a number with the noun that it counts.
inline std::string counted(const std::string& number, const std::string& thing) {
  return number + " " + thing + (number == "1" ? "" : "s");
}

/// "a, b and c", with "and" for `last`.
inline std::string listed(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " " + last + " " : ", ") + words[i];
  return text;
}
