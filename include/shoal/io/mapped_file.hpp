// A file mapped into memory, read-only.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include <shoal/core/check.hpp>
#include <shoal/io/input_file.hpp>
#include <shoal/io/path.hpp>
#include <shoal/io/system.hpp>

namespace shoal {

/// The bytes of a file, paged in as they are accessed. Copies share one mapping, which ends with the last of
/// them. The file must not change while it is mapped: will_need() and check_unchanged() throw bad_file, with
/// the file name, if it was written to or truncated, but access to a part that is truncated in between ends
/// the program (SIGBUS). If others write to the file, or the file system may disappear, read it instead
/// (InputFile, npy::open). Throws bad_file if the file is missing, unreadable or not a regular file.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) : MappedFile(InputFile(path)) {}
  explicit MappedFile(const InputFile& file)
      : path_(absolute_path(file.path())), size_(file.size()), stamp_(file.stamp()) {
    if (size_ == 0) return;  // a mapping cannot be empty
    void* start = file_system::map(file.descriptor(), size_);
    check(start != nullptr, Errc::bad_file, file.path(), " can't be mapped: ", std::strerror(errno));
    start_.reset(static_cast<std::byte*>(start),
                 [size = size_](std::byte* p) { file_system::unmap(p, size); });
  }

  /// The path of the file, from the root.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {start_.get(), size_}; }

  /// Throws bad_file if the file has been written to or truncated since it was mapped.
  void check_unchanged() const { InputFile::check_unchanged(path_, stamp_); }

  /// Asks the system to read the bytes [first, first + count) ahead, and returns at once. What lies two such
  /// windows back is unmapped from this process (it may stay in the system's cache), so that a walk along a
  /// file larger than memory holds only a few windows of it. count = 0 unmaps everything. Unmapped parts are
  /// mapped again when read. Throws as check_unchanged.
  void will_need(std::size_t first, std::size_t count) const {
    check_unchanged();
    if (count == 0 && size_ > 0) file_system::let_go(start_.get(), size_);
    const std::size_t page = file_system::page_bytes();
    const std::size_t begin = std::min(first, size_) / page * page,
                      end = first + std::min(count, size_ - std::min(first, size_));
    if (begin >= end) return;
    file_system::will_need(start_.get() + begin, end - begin);
    const std::size_t back = (2 * (end - begin) + page - 1) / page * page;
    if (begin >= back) file_system::let_go(start_.get() + begin - back, back / 2 / page * page);
  }

 private:
  std::string path_;
  std::shared_ptr<std::byte> start_;
  std::size_t size_ = 0;
  FileStamp stamp_;
};

}  // namespace shoal
