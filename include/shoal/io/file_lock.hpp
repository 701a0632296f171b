// File locks, which distinguish the files of running programs from those of programs that have died.
#pragma once

#include <string>

#include <shoal/io/system.hpp>

namespace shoal {

/// Tries to take the lock of an open file without waiting. The system releases the lock when the descriptor
/// is closed, at the latest when the process ends, however it ends.
[[nodiscard]] inline LockAnswer try_lock(int descriptor) { return file_system::try_lock(descriptor); }

/// Whether an open file still has a name, that is, has not been removed.
[[nodiscard]] inline bool has_name(int descriptor) {
  FileStatus status;
  return file_system::look_at(descriptor, status) && status.named;
}

/// Removes a file if nobody holds its lock, which means that its writer has died. Any other file is left
/// alone.
inline void remove_abandoned(const std::string& path) {
  const int descriptor = file_system::open_to_remove(path);
  if (descriptor < 0) return;
  FileStatus opened, named;
  const bool regular = file_system::look_at(descriptor, opened) && opened.kind == FileKind::regular;
  // The name may belong to another writer's file since it was opened here. It cannot change while the lock is
  // held, because whoever renames or removes a file holds its lock.
  if (regular && try_lock(descriptor) == LockAnswer::taken &&
      file_system::look_at(path, Links::themselves, named) && named.stamp.same_file(opened.stamp))
    file_system::remove(path);
  file_system::close(descriptor);
}

}  // namespace shoal
