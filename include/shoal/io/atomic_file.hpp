// Atomic writing: a file appears whole or not at all.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <shoal/core/check.hpp>
#include <shoal/core/machine.hpp>
#include <shoal/io/file_lock.hpp>
#include <shoal/io/path.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

namespace atomic_file_impl {

constexpr std::string_view mark = ".shoal-", ending = ".tmp";

/// Whether a file name is that of a temporary file, such as "labels.npy.shoal-4711-0.tmp".
inline bool is_temporary(std::string_view name) {
  if (!name.ends_with(ending)) return false;
  name.remove_suffix(ending.size());
  const std::size_t at = name.rfind(mark);
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view owner = name.substr(at + mark.size());
  return !owner.empty() && owner.find_first_not_of("0123456789-") == std::string_view::npos;
}

/// Removes the temporary files that killed programs left in the folder.
inline void remove_abandoned_temporaries(const std::string& folder) {
  each_name_in(folder, [&](std::string_view name) {
    if (is_temporary(name)) remove_abandoned(folder + "/" + std::string(name));
  });
}

}  // namespace atomic_file_impl

/// Makes the names in a folder durable against power failure, as fsync does for the contents of a file.
/// Returns false and sets errno if the disk fails. Returns true also if the file system does not support it
/// or the folder may not be read.
[[nodiscard]] inline bool sync_folder(const std::string& path) { return file_system::sync_folder(path); }

/// A file that is written under a temporary name in the same folder and gets its own name in commit(), after
/// its contents have reached the disk. If the program is killed before that, the old file remains; if later,
/// the new one is complete. A file that goes out of scope without commit() is removed, and temporary files
/// that killed programs left in the folder are removed by the next writer there. Symbolic links are followed,
/// and an existing file keeps its mode (and its owner, if the process may set it). Anything that is not a
/// regular file, such as a pipe or /dev/null, is written to directly. Throws bad_file if the system reports
/// an error.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path) : path_(path) {
    FileStatus status;
    const bool exists = file_system::look_at(path, Links::followed, status);
    if (exists && status.kind != FileKind::regular) {
      descriptor_ = file_system::open_to_write(path);
      if (descriptor_ < 0) refuse("can't be written");
      return;
    }
    if (exists && !file_system::is_writable(path)) refuse("can't be written");
    path_ = behind_links(path);
    folder_ = folder_of(path_);
    atomic_file_impl::remove_abandoned_temporaries(folder_);
    create_temporary();
    if (exists && !file_system::keep_owner_and_mode(descriptor_, status))
      discard(), refuse("can't be created");
  }
  ~AtomicFile() { discard(); }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes) {
    for (const auto* next = static_cast<const char*>(data); bytes > 0;) {
      const std::ptrdiff_t written = file_system::write(descriptor_, next, bytes);
      if (written < 0) refuse("can't be written");
      next += written;
      bytes -= static_cast<std::size_t>(written);
    }
  }
  void write(std::string_view text) { write(text.data(), text.size()); }

  void commit() {
    const bool kept = file_system::sync(descriptor_) ||
                      (temporary_.empty() && (errno == EINVAL || errno == ENOTSUP || errno == EROFS));
    if (!kept) refuse("can't be finished");
    if (!temporary_.empty()) {
      if (!file_system::replace(temporary_, path_)) refuse("can't be finished");
      temporary_.clear();
      if (!sync_folder(folder_)) refuse("can't be finished");
    }
    if (!file_system::close(std::exchange(descriptor_, -1))) refuse("can't be finished");
  }

 private:
  /// Takes the first name that does not exist yet, so that two writers never share one. A name is given up if
  /// another program that looks for abandoned files was faster than the lock.
  void create_temporary() {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      temporary_ = path_;
      temporary_ += std::string(atomic_file_impl::mark) + std::to_string(process_id()) + "-" +
                    std::to_string(attempt) + std::string(atomic_file_impl::ending);
      descriptor_ = file_system::create(temporary_);
      if (descriptor_ < 0 && errno != EEXIST) break;
      if (descriptor_ < 0) continue;
      if (try_lock(descriptor_) != LockAnswer::held_by_another && has_name(descriptor_)) return;
      file_system::close(std::exchange(descriptor_, -1));
    }
    temporary_.clear();
    refuse("can't be created");
  }

  void discard() {
    const int why = errno;
    if (!temporary_.empty()) file_system::remove(temporary_);
    temporary_.clear();
    if (descriptor_ >= 0) file_system::close(std::exchange(descriptor_, -1));
    errno = why;
  }

  [[noreturn]] void refuse(const char* what) const {
    fail(Errc::bad_file, path_, " ", what, ": ", std::strerror(errno));
  }

  std::string path_, folder_, temporary_;  ///< temporary_ is empty if the file is written directly
  int descriptor_ = -1;
};

/// Replaces the contents of the file at `path` by `text`, atomically. Throws bad_file as AtomicFile does.
inline void write_text(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace shoal
