// Work that is done in a process of its own: under limits, or because it may end the process.
#pragma once

#if !defined(_WIN32)  // which has no fork()
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace test {

/// Whether a sanitizer keeps memory of its own, which limits on address space would take from it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// What work() returns in a forked child, as an exit status; −signal where it ended by one. A child that
/// hangs ends by SIGALRM.
template <class Work> int in_child(Work&& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(120);
    int status = 99;
    try {
      status = work();
    } catch (...) {
      status = 98;
    }
    ::_exit(status);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace test
#endif
