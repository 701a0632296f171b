// Several .npy files as a single input, as pipelines write shards.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <shoal/io/foreign_files.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/path.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// The rows of the first file, followed by those of the second, and so on. The files stay on disk and are
/// paged in as they are read. They may differ in rows and dtype, but not in columns.
class ShardedRows {
 public:
  /// Throws invalid_argument if there are no files, and bad_file, with the name, for a file that npy::map
  /// refuses or that differs from the first in the number of columns.
  explicit ShardedRows(const std::vector<std::string>& paths) : starts_{0} {
    check(!paths.empty(), Errc::invalid_argument, "npy::map_shards: there are no files");
    for (const std::string& path : paths) {
      files_.push_back(npy::map(path));
      check(files_.back().cols() == cols(), Errc::bad_file, "npy::map_shards: ", path, " has ",
            files_.back().cols(), " columns where ", paths.front(), " has ", cols());
      starts_.push_back(starts_.back() + files_.back().rows());
    }
  }

  [[nodiscard]] Index rows() const { return starts_.back(); }
  [[nodiscard]] Index cols() const { return files_.front().cols(); }
  /// The number of files.
  [[nodiscard]] Index files() const { return std::ssize(files_); }

  void read(Index first, MatrixView<float> out) const {
    each_part(first, out.rows, [&](const MappedRows& file, Index from, Index count, Index done) {
      file.read(from, out.block(done, count));
    });
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::size_t f = file_of(ids[i]);
      files_[f].read(ids[i] - starts_[f], out.block(static_cast<Index>(i), 1));
    }
  }
  void will_need(Index first, Index count) const {
    if (count == 0)
      for (const MappedRows& file : files_) file.will_need(0, 0);
    each_part(first, count,
              [&](const MappedRows& file, Index from, Index some, Index) { file.will_need(from, some); });
  }

 private:
  [[nodiscard]] std::size_t file_of(Index row) const {
    return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), row) - starts_.begin()) -
           1;
  }
  /// Calls f(file, its first row, rows, rows before) for each file that holds some of the rows [first, first
  /// + count).
  template <class F> void each_part(Index first, Index count, const F& f) const {
    for (Index done = 0; done < count;) {
      const std::size_t file = file_of(first + done);
      const Index some = std::min(count - done, starts_[file + 1] - first - done);
      f(files_[file], first + done - starts_[file], some, done);
      done += some;
    }
  }

  std::vector<MappedRows> files_;
  std::vector<Index> starts_;  // [files + 1]
};
static_assert(RowSource<ShardedRows>);

namespace npy {
namespace npy_impl {

/// Whether `name` matches the pattern, in which * stands for any characters and ? for one.
inline bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  return !name.empty() && (pattern.front() == '?' || pattern.front() == name.front()) &&
         matches(pattern.substr(1), name.substr(1));
}

}  // namespace npy_impl

/// The files that a path refers to, in the order of their names: a single file, the files of a folder that
/// end in .npy, or the files of a folder whose names match a pattern (folder/part-*.npy). Throws bad_file
/// where there are none, and for a path of a format that is not read here, with the line of Python that
/// converts it.
[[nodiscard]] inline std::vector<std::string> shard_paths(const std::string& meant) {
  refuse_foreign(meant, meant);
  FileStatus status;
  const bool there = file_system::look_at(meant, Links::followed, status);
  const bool folder = there && status.kind == FileKind::folder;
  if (!folder && (there || meant.find_first_of("*?") == std::string::npos)) return {meant};
  const std::string where = folder ? meant : folder_of(meant);
  const std::string pattern =
      folder ? "*.npy" : meant.substr(meant.find_last_of(file_system::separators) + 1);
  check(file_system::look_at(where, Links::followed, status), Errc::bad_file, "npy::shard_paths: ", where,
        ": ", std::strerror(errno));
  const std::string before =
      where.find_last_of(file_system::separators) + 1 == where.size() ? where : where + "/";
  std::vector<std::string> paths;
  each_name_in(where, [&](std::string_view name) {
    if (name != "." && name != ".." && npy_impl::matches(pattern, name))
      paths.push_back(before + std::string(name));
  });
  check(!paths.empty(), Errc::bad_file,
        "npy::shard_paths: ", folder ? "no .npy file is in " : "no file matches ", meant);
  std::sort(paths.begin(), paths.end());
  return paths;
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
