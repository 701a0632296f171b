// File locks, which distinguish the files of running programs from those of programs that have died.
#pragma once

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoal {

/// The result of trying to take a lock.
enum class LockAnswer { taken, held_by_another, unsupported };

/// Tries to take the lock of an open file without waiting. The system releases the lock when the descriptor
/// is closed, at the latest when the process ends, however it ends.
[[nodiscard]] inline LockAnswer try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR) return errno == EWOULDBLOCK ? LockAnswer::held_by_another : LockAnswer::unsupported;
  return LockAnswer::taken;
}

/// Whether an open file still has a name, that is, has not been removed.
[[nodiscard]] inline bool has_name(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

/// Removes a file if nobody holds its lock, which means that its writer has died. Any other file is left
/// alone.
inline void remove_abandoned(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return;
  struct stat opened {
  }, named{};
  const bool regular = ::fstat(descriptor, &opened) == 0 && S_ISREG(opened.st_mode);
  // The name may belong to another writer's file since it was opened here. It cannot change while the lock is
  // held, because whoever renames or removes a file holds its lock.
  if (regular && try_lock(descriptor) == LockAnswer::taken && ::lstat(path.c_str(), &named) == 0 &&
      named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
    ::unlink(path.c_str());
  ::close(descriptor);
}

}  // namespace shoal
