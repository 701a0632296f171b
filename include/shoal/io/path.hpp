// File paths, in UTF-8. Including <filesystem> would add a tenth to what a program that uses shoal must
// parse.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <shoal/core/check.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// Whether a file of that name exists.
[[nodiscard]] inline bool file_exists(const std::string& path) {
  FileStatus status;
  return file_system::look_at(path, Links::followed, status);
}

/// The folder part of a path, or "." if it has none.
[[nodiscard]] inline std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of(file_system::separators);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The absolute path; the path itself if the working folder is unknown.
[[nodiscard]] inline std::string absolute_path(const std::string& path) {
  if (file_system::is_absolute(path)) return path;
  const std::string here = file_system::working_folder();
  return here.empty() ? path : here + "/" + path;
}

/// The file that a path finally refers to: symbolic links are followed, even if the file does not exist yet.
/// Throws bad_file for links that form a cycle.
[[nodiscard]] inline std::string behind_links(std::string path) {
  FileStatus status;
  for (int links = 0; file_system::look_at(path, Links::themselves, status) && status.kind == FileKind::link;
       ++links) {
    check(links < 40, Errc::bad_file, path, " can't be written: too many links");
    std::string target = file_system::link_target(path, status);
    if (target.empty()) break;
    path = file_system::is_absolute(target) ? std::move(target) : folder_of(path) + "/" + target;
  }
  return path;
}

/// Calls f(name) for each entry of a folder, in any order; never if the folder can't be read.
inline void each_name_in(const std::string& folder, FunctionRef<void(std::string_view)> f) {
  file_system::each_name_in(folder, f);
}

}  // namespace shoal
