// POSIX file paths. Including <filesystem> would add a tenth to what a program that uses shoal must parse.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <shoal/core/check.hpp>

namespace shoal {

/// Whether a file of that name exists.
[[nodiscard]] inline bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

/// The folder part of a path, or "." if it has none.
[[nodiscard]] inline std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The absolute path; the path itself if the working folder is unknown.
[[nodiscard]] inline std::string absolute_path(const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::unique_ptr<char, decltype(&std::free)> here(::getcwd(nullptr, 0), &std::free);
  return here ? std::string(here.get()) + "/" + path : path;
}

/// The file that a path finally refers to: symbolic links are followed, even if the file does not exist yet.
/// Throws bad_file for links that form a cycle.
[[nodiscard]] inline std::string behind_links(std::string path) {
  struct stat status {};
  for (int links = 0; ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode); ++links) {
    check(links < 40, Errc::bad_file, path, " can't be written: too many links");
    std::string target(static_cast<std::size_t>(status.st_size) + 256, '\0');
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0) break;
    target.resize(static_cast<std::size_t>(length));
    path = target.starts_with('/') ? target : folder_of(path) + "/" + target;
  }
  return path;
}

/// Calls f(name) for each entry of a folder, in any order; never if the folder can't be read.
template <class F> void each_name_in(const std::string& folder, F&& f) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> names(::opendir(folder.c_str()), close);
  if (!names) return;
  while (const dirent* entry = ::readdir(names.get())) f(std::string_view(entry->d_name));
}

}  // namespace shoal
