// Locks on files, by which the file of a running program is told from that of one that has died.
#pragma once

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoal {

/// What became of asking for a lock.
enum class LockAnswer { taken, held_by_another, unsupported };

/// Asks for the lock of an open file, and does not wait. The system gives the lock back when the descriptor
/// is closed, at the latest when the process ends, however it ends.
[[nodiscard]] inline LockAnswer try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR) return errno == EWOULDBLOCK ? LockAnswer::held_by_another : LockAnswer::unsupported;
  return LockAnswer::taken;
}

/// Whether an open file still has a name.
[[nodiscard]] inline bool has_name(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

/// Removes a file whose writer would hold its lock, if nobody does: the writer has died. Anything else stays.
inline void remove_abandoned(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return;
  struct stat opened {
  }, named{};
  const bool regular = ::fstat(descriptor, &opened) == 0 && S_ISREG(opened.st_mode);
  // The name may have gone to another writer's file since it was opened here. Under the lock it may not: who
  // renames or removes a file holds its lock.
  if (regular && try_lock(descriptor) == LockAnswer::taken && ::lstat(path.c_str(), &named) == 0 &&
      named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
    ::unlink(path.c_str());
  ::close(descriptor);
}

}  // namespace shoal
