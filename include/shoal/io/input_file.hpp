// A regular file opened for reading, with its size and time of last change.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <shoal/core/check.hpp>

namespace shoal {

/// The identity and state of a file, by which changes are detected.
struct FileStamp {
  std::uint64_t device = 0, file = 0, size = 0;
  std::int64_t changed = 0;  ///< time of last change, in nanoseconds
  bool operator==(const FileStamp&) const = default;
};

/// An open regular file. Throws bad_file for files that are missing or unreadable, and for folders, devices
/// and pipes, which may have no end. Safe to read from several threads at once.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path) {
    // Without O_NONBLOCK, opening a pipe without a writer would block forever before it is refused.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    check(descriptor_ >= 0, Errc::bad_file, path_, " can't be opened: ", std::strerror(errno));
    struct stat status {};
    if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
      stamp_ = stamp_of(status);
      return;
    }
    ::close(descriptor_);
    fail(Errc::bad_file, path_, " is not a regular file");
  }
  ~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
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
      // Systems read at most 2^31 bytes at once.
      const ssize_t got =
          ::pread(descriptor_, next, std::min<std::size_t>(count, 1 << 30), static_cast<off_t>(first));
      if (got < 0 && errno == EINTR) continue;
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
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return;
    const FileStamp now = stamp_of(status);
    if (now.device == before.device && now.file == before.file) check_unchanged(path, before, now);
  }

 private:
  static FileStamp stamp_of(const struct stat& status) {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
            static_cast<std::uint64_t>(status.st_size),
            static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
  }
  [[nodiscard]] FileStamp stamp_of_open() const {
    struct stat status {};
    check(::fstat(descriptor_, &status) == 0, Errc::bad_file, path_,
          " can't be looked at: ", std::strerror(errno));
    return stamp_of(status);
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
