// A file mapped into memory, read only.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <shoal/core/check.hpp>

namespace shoal {

/// Whether there is a file of that name.
inline bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

/// The bytes of a file, paged in as they are touched. Copies share one mapping, which ends with the last of
/// them. The file must keep its length while it is mapped: touching what another process cut off ends the
/// program. Throws bad_file for what is missing, unreadable or not a regular file.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    check(file.id >= 0, Errc::bad_file, path, " can't be opened: ", std::strerror(errno));
    struct stat status {};
    check(::fstat(file.id, &status) == 0 && S_ISREG(status.st_mode), Errc::bad_file, path,
          " is not a regular file");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;  // there is no mapping of length 0
    void* start = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.id, 0);
    check(start != MAP_FAILED, Errc::bad_file, path, " can't be mapped: ", std::strerror(errno));
    start_.reset(static_cast<std::byte*>(start), [size = size_](std::byte* p) { ::munmap(p, size); });
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return {start_.get(), size_}; }

  /// Asks the system to read bytes [first, first + count) ahead; returns at once. What lies two such windows
  /// back is unmapped from this process (it may stay in the system's cache): a walk along a file larger than
  /// memory holds a few windows of it. All of it is unmapped where count is 0. Reading maps it again.
  void will_need(std::size_t first, std::size_t count) const {
    if (count == 0 && size_ > 0) ::madvise(start_.get(), size_, MADV_DONTNEED);
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = first / page * page, end = std::min(first + count, size_);
    if (begin >= end) return;
    ::madvise(start_.get() + begin, end - begin, MADV_WILLNEED);
    const std::size_t back = (2 * (end - begin) + page - 1) / page * page;
    if (begin >= back) ::madvise(start_.get() + begin - back, back / 2 / page * page, MADV_DONTNEED);
  }

 private:
  struct Descriptor {
    int id;
    ~Descriptor() {
      if (id >= 0) ::close(id);
    }
  };

  std::shared_ptr<std::byte> start_;
  std::size_t size_ = 0;
};

}  // namespace shoal
