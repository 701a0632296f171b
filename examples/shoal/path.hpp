// Paths of files, whose text is UTF-8 on every system.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

/// A path that is made of UTF-8 and read as UTF-8, as the library's paths are. The standard's own path takes
/// and gives the text of the locale on Windows, and there does not become a std::string by itself.
class Path : public std::filesystem::path {
 public:
  Path() = default;
  Path(std::filesystem::path path) : std::filesystem::path(std::move(path)) {}
  Path(const std::string& text) : std::filesystem::path(std::u8string(text.begin(), text.end())) {}
  Path(const char* text) : Path(std::string(text)) {}

  [[nodiscard]] std::string string() const { return text(u8string()); }
  /// With / between the folders, as in the address of a page.
  [[nodiscard]] std::string generic_string() const { return text(generic_u8string()); }
  operator std::string() const { return string(); }

  [[nodiscard]] Path parent_path() const { return std::filesystem::path::parent_path(); }
  [[nodiscard]] Path filename() const { return std::filesystem::path::filename(); }
  friend Path operator/(const Path& folder, const Path& name) {
    Path whole = folder;
    whole /= name;
    return whole;
  }

 private:
  static std::string text(const std::u8string& utf8) { return {utf8.begin(), utf8.end()}; }
};

/// Whether a file or folder of that name is there. A name too long for the system, as a list of files may be,
/// is none, where the standard's functions throw.
[[nodiscard]] inline bool is_there(const Path& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}
[[nodiscard]] inline bool is_folder(const Path& path) {
  std::error_code none;
  return std::filesystem::is_directory(path, none);
}
