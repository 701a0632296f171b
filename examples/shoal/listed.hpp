// Words in a row, as a sentence has them.
#pragma once

#include <string>
#include <vector>

/// "a, b and c", with "and" for `last`.
inline std::string listed(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " " + last + " " : ", ") + words[i];
  return text;
}
