// Text tables: files read line by line, whose errors name file and line.
#pragma once

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// One line of a file, without its end (\n or \r\n); numbers start at 1.
struct Line {
  std::string_view file;
  Index number;
  std::string_view text;

  /// Throws bad_file "file:number: parts…" unless `ok`.
  template <class... Parts> void expect(bool ok, const Parts&... parts) const {
    check(ok, Errc::bad_file, file, ":", number, ": ", parts...);
  }
};

/// The bytes of a file; throws bad_file where it can't be read.
[[nodiscard]] inline std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  check(in.good(), Errc::bad_file, "read_bytes: file ", path, " must exist and be readable");
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  check(!in.bad(), Errc::bad_file, "read_bytes: file ", path, " could not be read to its end");
  return bytes;
}

/// f(Line) for each line of the file in order.
template <class F> void each_line(const std::string& path, F&& f) {
  const std::string bytes = read_bytes(path);
  std::string_view rest = bytes;
  for (Index number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    if (text.ends_with('\r')) text.remove_suffix(1);
    f(Line{path, number, text});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

/// As each_line, without empty lines and those that start with '#'.
template <class F> void each_row_of(const std::string& path, F&& f) {
  each_line(path, [&](const Line& line) {
    if (!line.text.empty() && line.text.front() != '#') f(line);
  });
}

/// The fields between separators; an empty text has one empty field.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (std::size_t end; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1))
    fields.push_back(text.substr(0, end));
  fields.push_back(text);
  return fields;
}

/// The non-empty fields between runs of spaces and tabs.
[[nodiscard]] inline std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t start; (start = text.find_first_not_of(" \t")) != std::string_view::npos;) {
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return found;
}

/// The whole number that a field is, in the given base.
[[nodiscard]] inline Index whole_number(const Line& line, std::string_view field, std::string_view what,
                                        int base = 10) {
  Index value = 0;
  const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), value, base);
  line.expect(failure == std::errc{} && end == field.data() + field.size() && !field.empty(), what, " (",
              field, ") must be a whole number");
  return value;
}

}  // namespace shoal
