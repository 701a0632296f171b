// What an operating system says of a file.
#pragma once

#include <cstdint>

namespace shoal {

/// The identity and state of a file, by which changes are detected.
struct FileStamp {
  std::uint64_t device = 0, file = 0, size = 0;
  std::int64_t changed = 0;  ///< time of last change, in nanoseconds
  bool operator==(const FileStamp&) const = default;
  [[nodiscard]] bool same_file(const FileStamp& other) const {
    return device == other.device && file == other.file;
  }
};

/// The kind of what a name stands for.
enum class FileKind { regular, folder, link, pipe, other };

/// Whether a link is followed to what it names.
enum class Links { followed, themselves };

/// A file, as far as it is known here.
struct FileStatus {
  FileKind kind = FileKind::other;
  FileStamp stamp;
  bool named = false;                            ///< has not been removed
  std::uint32_t mode = 0, owner = 0, group = 0;  ///< POSIX only
};

/// The result of trying to take a lock.
enum class LockAnswer { taken, held_by_another, unsupported };

}  // namespace shoal
