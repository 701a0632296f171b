// A regular file opened for reading, with its size and time of last change.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <shoal/core/check.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// An open regular file. Throws bad_file for files that are missing or unreadable, and for folders, devices
/// and pipes, which may have no end. Safe to read from several threads at once.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path) {
    descriptor_ = file_system::open_to_read(path);
    check(descriptor_ >= 0, Errc::bad_file, path_, " can't be opened: ", std::strerror(errno));
    FileStatus status;
    if (file_system::look_at(descriptor_, status) && status.kind == FileKind::regular) {
      stamp_ = status.stamp;
      return;
    }
    file_system::close(descriptor_);
    fail(Errc::bad_file, path_, " is not a regular file");
  }
  ~InputFile() {
    if (descriptor_ >= 0) file_system::close(descriptor_);
  }
  InputFile(InputFile&& other) noexcept
      : path_(std::move(other.path_)),
        stamp_(other.stamp_),
        descriptor_(std::exchange(other.descriptor_, -1)) {}
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t size() const { return stamp_.size; }
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// Reads the bytes [first, first + count) into `to`. Throws bad_file if the file ends earlier.
  void read(std::size_t first, std::size_t count, void* to) const {
    for (auto* next = static_cast<char*>(to); count > 0;) {
      const std::ptrdiff_t got = file_system::read(descriptor_, next, count, first);
      check(got >= 0, Errc::bad_file, path_, " can't be read: ", std::strerror(errno));
      check(got > 0, Errc::bad_file, path_, " was cut short while it was read: it ends before byte ",
            first + count);
      next += got;
      first += static_cast<std::size_t>(got);
      count -= static_cast<std::size_t>(got);
    }
  }

  /// Throws bad_file if the file has been written to or truncated since it was opened. A file that was
  /// renamed, removed or replaced by another remains intact here.
  void check_unchanged() const { check_unchanged(path_, stamp_, stamp_of_open()); }

  /// The same check for a file that is no longer open. If another file has taken its name, the original is
  /// unchanged for whoever mapped it.
  static void check_unchanged(const std::string& path, const FileStamp& before) {
    FileStatus status;
    if (!file_system::look_at(path, Links::followed, status)) return;
    const FileStamp& now = status.stamp;
    if (now.same_file(before)) check_unchanged(path, before, now);
  }

 private:
  [[nodiscard]] FileStamp stamp_of_open() const {
    FileStatus status;
    check(file_system::look_at(descriptor_, status), Errc::bad_file, path_,
          " can't be looked at: ", std::strerror(errno));
    return status.stamp;
  }
  static void check_unchanged(const std::string& path, const FileStamp& before, const FileStamp& now) {
    check(now.size >= before.size, Errc::bad_file, path, " was cut short while it was in use: it had ",
          before.size, " bytes and has ", now.size);
    check(now == before, Errc::bad_file, path, " was written to while it was in use");
  }

  std::string path_;
  FileStamp stamp_;
  int descriptor_ = -1;
};

}  // namespace shoal
