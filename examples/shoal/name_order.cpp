#include "name_order.hpp"

#include "html.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits from the front of a text; returns them without leading zeros.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0, zeros = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  while (zeros + 1 < end && text[zeros] == '0') ++zeros;
  const std::string_view number = text.substr(zeros, end - zeros);
  text.remove_prefix(end);
  return number;
}

}  // namespace

bool before_by_numbers(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const std::string_view x = take_number(a), y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else if (a[0] != b[0]) {
      return a[0] < b[0];
    } else {
      a.remove_prefix(1), b.remove_prefix(1);
    }
  }
  return a.empty() && !b.empty();
}

namespace {

/// Returns two files of one folder whose names differ, but not in their numbers (img_emb_0, text_emb_0).
std::optional<std::pair<std::string, std::string>> of_two_kinds(const std::vector<Path>& files) {
  std::map<std::pair<std::string, std::string>, std::string> first;  // by folder and numbers
  for (const Path& file : files) {
    const std::string name = file.stem().string();
    std::string_view rest = name;
    std::string numbers;
    while (!rest.empty())
      if (is_digit(rest[0]))
        numbers += std::string(take_number(rest)) + " ";
      else
        rest.remove_prefix(1);
    if (numbers.empty()) continue;
    const auto [found, fresh] =
        first.try_emplace({file.parent_path().string(), numbers}, file.filename().string());
    if (!fresh) return std::pair(found->second, file.filename().string());
  }
  return {};
}

}  // namespace

std::string order_note(const std::string& option, const Path& input, const std::vector<NamedFile>& inputs) {
  if (input.string().find(',') != std::string::npos && !is_there(input))
    return "";  // whoever lists files gives their order
  std::vector<Path> files;
  for (const auto& [name, file] : inputs)
    if (name == option) files.push_back(file);
  for (std::size_t i = 1; i < files.size(); ++i) {
    const std::string one = files[i - 1].filename().string(), next = files[i].filename().string();
    if (files[i - 1].parent_path() == files[i].parent_path() && before_by_numbers(next, one))
      return option + ": the " + grouped(std::ssize(files)) + " files of " + input.string() +
             " are taken in the order of their names, " + one + " before " + next +
             "; what belongs to their rows must be in that order too";
  }
  if (const auto two = of_two_kinds(files))
    return option + ": " + two->first + " and " + two->second + " bear the same number, and all the " +
           grouped(std::ssize(files)) + " files of " + input.string() +
           " are rows of one input; a pattern takes those of one kind ('img_emb_*.npy')";
  return "";
}
