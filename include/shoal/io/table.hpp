// Text tables, read line by line. Errors name the file and the line.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/printable.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// One line of a file, without its line end (LF or CR LF). Line numbers start at 1.
struct Line {
  std::string_view file;
  Index number;
  std::string_view text;

  /// Throws bad_file with the message "file:number: parts…" unless `ok`.
  template <class... Parts> void expect(bool ok, const Parts&... parts) const {
    check(ok, Errc::bad_file, file, ":", number, ": ", parts...);
  }
};

/// Reads the bytes of a file. Throws bad_file if it can't be read to its end. A pipe is read until it is
/// closed. Folders and devices are refused, since some devices never end.
[[nodiscard]] inline std::string read_bytes(const std::string& path) {
  FileStatus status;
  check(file_system::look_at(path, Links::followed, status), Errc::bad_file, "read_bytes: file ", path,
        " must exist and be readable");
  check(status.kind == FileKind::regular || status.kind == FileKind::pipe, Errc::bad_file,
        "read_bytes: ", path, " is neither a regular file nor a pipe");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(file_system::open_stream(path), &std::fclose);
  check(in != nullptr, Errc::bad_file, "read_bytes: file ", path, " must exist and be readable");
  std::string bytes = allocating(
      [&] {
        std::string all;
        char part[1 << 14];
        while (const std::size_t got = std::fread(part, 1, sizeof part, in.get())) all.append(part, got);
        return all;
      },
      "read_bytes: ", path);
  check(std::ferror(in.get()) == 0, Errc::bad_file, "read_bytes: file ", path,
        " could not be read to its end");
  return bytes;
}

/// Reads the text of a UTF-8 file, without the byte order mark that some programs write. Throws bad_file,
/// naming the line, if the text is not UTF-8, and if the file can't be read.
[[nodiscard]] inline std::string read_text(const std::string& path) {
  std::string text = read_bytes(path);
  check(!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF"), Errc::bad_file, path,
        " is UTF-16: save it as UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const std::size_t odd = std::min(first_not_utf8(text), text.find('\0'));
  if (odd < text.size())
    fail(Errc::bad_file, path, ":",
         1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(odd), '\n'), ": byte ",
         static_cast<int>(static_cast<unsigned char>(text[odd])), " is not text: save the file as UTF-8");
  return text;
}

/// Calls f(Line) for each line of a UTF-8 file in order. Throws bad_file if the file can't be read or is not
/// text.
template <class F> void each_line(const std::string& path, F&& f) {
  const std::string text_of_file = read_text(path);
  std::string_view rest = text_of_file;
  for (Index number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    if (text.ends_with('\r')) text.remove_suffix(1);
    f(Line{path, number, text});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

/// As each_line, but skips empty lines and those that start with '#'.
template <class F> void each_row_of(const std::string& path, F&& f) {
  each_line(path, [&](const Line& line) {
    if (!line.text.empty() && line.text.front() != '#') f(line);
  });
}

/// Splits a text into the fields between separators; an empty text has one empty field.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (std::size_t end; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1))
    fields.push_back(text.substr(0, end));
  fields.push_back(text);
  return fields;
}

/// Splits a text into the non-empty fields between spaces and tabs.
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

/// Parses a field as a whole number in the given base. Throws bad_file, naming `what` and the line, if it is
/// not one.
[[nodiscard]] inline Index whole_number(const Line& line, std::string_view field, std::string_view what,
                                        int base = 10) {
  Index value = 0;
  const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), value, base);
  line.expect(failure == std::errc{} && end == field.data() + field.size() && !field.empty(), what, " (",
              field, ") must be a whole number");
  return value;
}

}  // namespace shoal
