// The POSIX form of system.hpp, which says what each function does.
#pragma once

#if !defined(_WIN32)
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <shoal/core/config.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/io/file_status.hpp>

namespace shoal::file_system {

inline constexpr std::string_view separators = "/";

namespace system_posix_impl {

inline FileStatus status_of(const struct stat& found) {
#if defined(__APPLE__)
  const auto& changed = found.st_mtimespec;
#else
  const auto& changed = found.st_mtim;
#endif
  FileStatus status;
  status.stamp = {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino),
                  static_cast<std::uint64_t>(found.st_size),
                  static_cast<std::int64_t>(changed.tv_sec) * 1'000'000'000 + changed.tv_nsec};
  status.kind = S_ISREG(found.st_mode)    ? FileKind::regular
                : S_ISDIR(found.st_mode)  ? FileKind::folder
                : S_ISLNK(found.st_mode)  ? FileKind::link
                : S_ISFIFO(found.st_mode) ? FileKind::pipe
                                          : FileKind::other;
  status.named = found.st_nlink > 0;
  status.mode = static_cast<std::uint32_t>(found.st_mode) & 07777u;
  status.owner = found.st_uid;
  status.group = found.st_gid;
  return status;
}

/// Systems read and write at most 2^31 bytes at once.
inline std::size_t at_once(std::size_t bytes) { return std::min<std::size_t>(bytes, 1 << 30); }

}  // namespace system_posix_impl

[[nodiscard]] inline bool look_at(const std::string& path, Links links, FileStatus& status) {
  struct stat found {};
  const int failed = links == Links::followed ? ::stat(path.c_str(), &found) : ::lstat(path.c_str(), &found);
  if (failed == 0) status = system_posix_impl::status_of(found);
  return failed == 0;
}
[[nodiscard]] inline bool look_at(int descriptor, FileStatus& status) {
  struct stat found {};
  if (::fstat(descriptor, &found) != 0) return false;
  status = system_posix_impl::status_of(found);
  return true;
}
[[nodiscard]] inline bool is_readable(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }
[[nodiscard]] inline bool is_writable(const std::string& path) { return ::access(path.c_str(), W_OK) == 0; }

/// Without O_NONBLOCK, opening a pipe without a writer would block forever before it is refused.
[[nodiscard]] inline int open_to_read(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}
[[nodiscard]] inline int open_to_write(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
}
[[nodiscard]] inline int open_to_remove(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}
[[nodiscard]] inline int open_folder(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
[[nodiscard]] inline int create(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}
[[nodiscard]] inline std::FILE* open_stream(const std::string& path) {
  return std::fopen(path.c_str(), "rb");
}
inline bool close(int descriptor) { return ::close(descriptor) == 0; }

[[nodiscard]] inline std::ptrdiff_t read(int descriptor, void* to, std::size_t bytes, std::size_t first) {
  for (;;) {
    const ssize_t got = ::pread(descriptor, to, system_posix_impl::at_once(bytes), static_cast<off_t>(first));
    if (got >= 0 || errno != EINTR) return got;
  }
}
[[nodiscard]] inline std::ptrdiff_t write(int descriptor, const void* from, std::size_t bytes) {
  for (;;) {
    const ssize_t written = ::write(descriptor, from, system_posix_impl::at_once(bytes));
    if (written >= 0 || errno != EINTR) return written;
  }
}
[[nodiscard]] inline bool sync(int descriptor) { return ::fsync(descriptor) == 0; }
[[nodiscard]] inline bool sync_folder(const std::string& path) {
  const int folder = open_folder(path);
  if (folder < 0) return true;
  const bool synced = sync(folder) || errno == EINVAL || errno == ENOTSUP;
  const int why = errno;
  ::close(folder);
  errno = why;
  return synced;
}

/// The owner first, since chown clears some bits of the mode; it is set if the process may.
[[nodiscard]] inline bool keep_owner_and_mode(int descriptor, const FileStatus& status) {
  (void)!::fchown(descriptor, status.owner, status.group);
  return ::fchmod(descriptor, static_cast<mode_t>(status.mode)) == 0;
}
[[nodiscard]] inline bool set_mode(const std::string& path, const FileStatus& status) {
  return ::chmod(path.c_str(), static_cast<mode_t>(status.mode)) == 0;
}
[[nodiscard]] inline bool replace(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str()) == 0;
}
inline bool remove(const std::string& path) { return ::unlink(path.c_str()) == 0; }

[[nodiscard]] inline LockAnswer try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR) return errno == EWOULDBLOCK ? LockAnswer::held_by_another : LockAnswer::unsupported;
  return LockAnswer::taken;
}

[[nodiscard]] inline void* map(int descriptor, std::size_t bytes) {
  void* start = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  return start == MAP_FAILED ? nullptr : start;
}
inline void unmap(void* start, std::size_t bytes) { ::munmap(start, bytes); }
inline void will_need(void* start, std::size_t bytes) { ::madvise(start, bytes, MADV_WILLNEED); }
inline void let_go(void* start, std::size_t bytes) { ::madvise(start, bytes, MADV_DONTNEED); }
[[nodiscard]] inline std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

[[nodiscard]] inline bool is_absolute(std::string_view path) { return path.starts_with('/'); }
[[nodiscard]] inline std::string working_folder() {
  const std::unique_ptr<char, decltype(&std::free)> here(::getcwd(nullptr, 0), &std::free);
  return here ? here.get() : "";
}
[[nodiscard]] inline std::string link_target(const std::string& path, const FileStatus& status) {
  std::string target(static_cast<std::size_t>(status.stamp.size) + 256, '\0');
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  target.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return target;
}
inline void each_name_in(const std::string& folder, FunctionRef<void(std::string_view)> f) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> names(::opendir(folder.c_str()), close);
  if (!names) return;
  while (const dirent* entry = ::readdir(names.get())) f(std::string_view(entry->d_name));
}

}  // namespace shoal::file_system
#endif
