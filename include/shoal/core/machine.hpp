// What the operating system knows of the process: the number of processors that it may use, and its id.
#pragma once

#include <algorithm>
#include <thread>

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sched.h>
#endif

namespace shoal {

/// The number of processors that this process may run on, at least 1: those of its affinity mask (taskset,
/// a container's cpuset, a batch system) where the system has one, else those of the machine.
[[nodiscard]] inline int available_processors() {
#if defined(__linux__)
  cpu_set_t mask;
  if (::sched_getaffinity(0, sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// The id of this process; a forked child has another.
[[nodiscard]] inline int process_id() {
#if defined(_WIN32)
  return ::_getpid();
#else
  return static_cast<int>(::getpid());
#endif
}

}  // namespace shoal
