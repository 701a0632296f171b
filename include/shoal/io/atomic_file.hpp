// Files that appear whole or not at all.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <shoal/core/check.hpp>

namespace shoal {

/// A file that is written under a temporary name beside its own and takes its own name in commit(), after its
/// bytes have reached the disk. A run that is killed before leaves the old file, one killed after the new
/// one; a file that goes out of scope without commit() is removed. Throws bad_file where the system refuses.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path) : path_(std::move(path)) {
    // Of the names tried only one that is not there yet is taken, so two writers never share one.
    for (int attempt = 0; attempt < 1000 && descriptor_ < 0; ++attempt) {
      temporary_ = path_;
      temporary_ += ".tmp" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
      descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor_ < 0 && errno != EEXIST) break;
    }
    if (descriptor_ < 0) refuse("can't be created");
  }
  ~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    std::remove(temporary_.c_str());
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes) {
    for (const auto* next = static_cast<const char*>(data); bytes > 0;) {
      const ssize_t written = ::write(descriptor_, next, bytes);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse("can't be written");
      next += written;
      bytes -= static_cast<std::size_t>(written);
    }
  }
  void write(std::string_view text) { write(text.data(), text.size()); }

  void commit() {
    if (::fsync(descriptor_) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0)
      refuse("can't be finished");
    ::close(std::exchange(descriptor_, -1));
  }

 private:
  [[noreturn]] void refuse(const char* what) const {
    fail(Errc::bad_file, path_, " ", what, ": ", std::strerror(errno));
  }

  std::string path_, temporary_;
  int descriptor_ = -1;
};

/// Writes `text` as the whole of the file at `path`, atomically.
inline void write_text(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace shoal
