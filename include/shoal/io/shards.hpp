// Several files as a single input, as pipelines write shards: .npy files as rows, and the files of any kind
// that a path means.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/concatenated.hpp>
#include <shoal/io/foreign_files.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/path.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// The rows of several .npy files, one file after another. The files stay on disk and are paged in as they
/// are read. They may differ in rows and dtype, but not in columns.
class ShardedRows : public Concatenated<MappedRows> {
 public:
  /// Throws invalid_argument if there are no files, and bad_file, with the name, for a file that npy::map
  /// refuses or that differs from the first in the number of columns.
  explicit ShardedRows(const std::vector<std::string>& paths)
      : Concatenated(paths, [](const std::string& path) { return npy::map(path); }) {}

  /// The number of files.
  [[nodiscard]] Index files() const { return std::ssize(sources()); }
};
static_assert(RowSource<ShardedRows>);

namespace shards_impl {

/// Whether `name` matches the pattern, in which * stands for any characters and ? for one.
inline bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
         matches(pattern.substr(1), name.substr(1));
}

/// The files of a folder whose names match the pattern, in the order of their names.
inline std::vector<std::string> matching(const std::string& folder, const std::string& pattern) {
  const std::string before =
      folder.find_last_of(file_system::separators) + 1 == folder.size() ? folder : folder + "/";
  std::vector<std::string> paths;
  each_name_in(folder, [&](std::string_view name) {
    if (name != "." && name != ".." && matches(pattern, name)) paths.push_back(before + std::string(name));
  });
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// The files of a folder that have the first of the endings that any has. Of the other endings there must be
/// none, unless it is the first of all.
inline std::vector<std::string> of_one_ending(const std::string& folder,
                                              std::span<const std::string_view> endings) {
  std::vector<std::string> paths;
  std::string_view found;
  for (const std::string_view ending : endings) {
    std::vector<std::string> some = matching(folder, "*" + std::string(ending));
    check(paths.empty() || some.empty(), Errc::bad_file, folder, " holds ", found, " and ", ending,
          " files: say which are meant, as ", folder, "/*", found);
    if (some.empty()) continue;
    paths = std::move(some);
    found = ending;
    if (ending == endings.front()) break;
  }
  return paths;
}

}  // namespace shards_impl

/// The files that a path refers to, in the order of their names: a single file, the files of a folder that
/// end in one of `endings`, or the files of a folder whose names match a pattern (folder/part-*.npy). In a
/// folder the first of the endings goes before the others, of which only one may be there. Throws bad_file
/// where there are none.
[[nodiscard]] inline std::vector<std::string> files_meant(const std::string& meant,
                                                          std::span<const std::string_view> endings) {
  FileStatus status;
  const bool there = file_system::look_at(meant, Links::followed, status);
  const bool folder = there && status.kind == FileKind::folder;
  if (!folder && (there || meant.find_first_of("*?") == std::string::npos)) return {meant};
  const std::string where = folder ? meant : folder_of(meant);
  check(file_system::look_at(where, Links::followed, status), Errc::bad_file, "files_meant: ", where, ": ",
        std::strerror(errno));
  auto paths =
      folder ? shards_impl::of_one_ending(where, endings)
             : shards_impl::matching(where, meant.substr(meant.find_last_of(file_system::separators) + 1));
  check(!paths.empty() || !folder, Errc::bad_file, "no ", endings.front(),
        endings.size() == 1 ? " file is in " : " file, and none of another format, is in ", meant);
  check(!paths.empty(), Errc::bad_file, "no file matches ", meant);
  return paths;
}

namespace npy {

/// The files that a path refers to, in the order of their names: a single file, the files of a folder that
/// end in .npy, or the files of a folder whose names match a pattern (folder/part-*.npy). Throws bad_file
/// where there are none, and for a path of a format that is not read here, with the line of Python that
/// converts it.
[[nodiscard]] inline std::vector<std::string> shard_paths(const std::string& meant) {
  refuse_foreign(meant, meant);
  static constexpr std::string_view npy_only[] = {".npy"};
  return files_meant(meant, npy_only);
}

/// The features of several files as a single input: a list of files, or the result of shard_paths.
[[nodiscard]] inline ShardedRows map_shards(const std::vector<std::string>& paths) {
  return ShardedRows(paths);
}
[[nodiscard]] inline ShardedRows map_shards(const std::string& meant) {
  return ShardedRows(shard_paths(meant));
}

}  // namespace npy
}  // namespace shoal
