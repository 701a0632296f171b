// A file mapped into memory, read only.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <shoal/core/check.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/path.hpp>

namespace shoal {

/// The bytes of a file, paged in as they are touched. Copies share one mapping, which ends with the last of
/// them. The file must stay as it is while it is mapped: will_need() and check_unchanged() throw bad_file,
/// with its name, where it was written to or cut, but touching what is cut off in the meantime ends the
/// program (SIGBUS). Where others write to it, or the file system may go away, read it instead (InputFile,
/// npy::open). Throws bad_file for what is missing, unreadable or not a regular file.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) : MappedFile(InputFile(path)) {}
  explicit MappedFile(const InputFile& file)
      : path_(absolute_path(file.path())), size_(file.size()), stamp_(file.stamp()) {
    if (size_ == 0) return;  // there is no mapping of length 0
    void* start = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.descriptor(), 0);
    check(start != MAP_FAILED, Errc::bad_file, file.path(), " can't be mapped: ", std::strerror(errno));
    start_.reset(static_cast<std::byte*>(start), [size = size_](std::byte* p) { ::munmap(p, size); });
  }

  /// The path of the file, from the root.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {start_.get(), size_}; }

  /// Throws bad_file where the file has been written to or cut since it was mapped.
  void check_unchanged() const { InputFile::check_unchanged(path_, stamp_); }

  /// Asks the system to read bytes [first, first + count) ahead; returns at once. What lies two such windows
  /// back is unmapped from this process (it may stay in the system's cache): a walk along a file larger than
  /// memory holds a few windows of it. All of it is unmapped where count is 0. Reading maps it again. Throws
  /// as check_unchanged.
  void will_need(std::size_t first, std::size_t count) const {
    check_unchanged();
    if (count == 0 && size_ > 0) ::madvise(start_.get(), size_, MADV_DONTNEED);
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = std::min(first, size_) / page * page,
                      end = first + std::min(count, size_ - std::min(first, size_));
    if (begin >= end) return;
    ::madvise(start_.get() + begin, end - begin, MADV_WILLNEED);
    const std::size_t back = (2 * (end - begin) + page - 1) / page * page;
    if (begin >= back) ::madvise(start_.get() + begin - back, back / 2 / page * page, MADV_DONTNEED);
  }

 private:
  std::string path_;
  std::shared_ptr<std::byte> start_;
  std::size_t size_ = 0;
  FileStamp stamp_;
};

}  // namespace shoal
