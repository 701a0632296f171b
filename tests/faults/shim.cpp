// Preloaded into a program, makes the k-th call of one kind fail: SHOAL_FAULT=write:3; or all from it on:
// SHOAL_FAULT=write:3+. Calls are counted from main() on; SHOAL_FAULT_COUNT names a file that the counts are
// written to when main() ends.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" void* __libc_malloc(size_t);            // NOLINT: the allocators behind malloc
extern "C" void* __libc_memalign(size_t, size_t);  // NOLINT

namespace {

enum Kind { write_call, fsync_call, rename_call, mmap_call, open_call, malloc_call, thread_call, kinds };
constexpr const char* names[kinds] = {"write", "fsync", "rename", "mmap", "open", "malloc", "thread"};

std::atomic<bool> counting{false};
std::atomic<long> calls[kinds];
int failing = -1;
long fails_at = 0;
bool and_later = false;

/// Whether this call is the one that fails, with `error` in errno.
bool fails(Kind kind, int error) {
  if (!counting) return false;
  const long call = ++calls[kind];
  if (kind != failing || call < fails_at || (call > fails_at && !and_later)) return false;
  errno = error;
  return true;
}

template <class Function> Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

int (*real_main)(int, char**, char**) = nullptr;

void write_counts() {
  const char* path = std::getenv("SHOAL_FAULT_COUNT");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "w");
  for (int k = 0; file != nullptr && k < kinds; ++k)
    std::fprintf(file, "%s %ld\n", names[k], calls[k].load());
  if (file != nullptr) std::fclose(file);
}

int counted_main(int arguments, char** argument, char** environment) {
  if (const char* wanted = std::getenv("SHOAL_FAULT")) {
    const char* colon = std::strchr(wanted, ':');
    for (int k = 0; colon != nullptr && k < kinds; ++k)
      if (std::strncmp(wanted, names[k], static_cast<size_t>(colon - wanted)) == 0) failing = k;
    fails_at = colon != nullptr ? std::atol(colon + 1) : 0;
    and_later = wanted[std::strlen(wanted) - 1] == '+';
  }
  counting = true;
  const int status = real_main(arguments, argument, environment);
  counting = false;
  write_counts();
  return status;
}

}  // namespace

extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int arguments, char** argument, void (*init)(),
                      void (*end)(), void (*linker_end)(), void* stack) {  // NOLINT: the name is the system's
  real_main = main;
  return real<decltype(&__libc_start_main)>("__libc_start_main")(counted_main, arguments, argument, init, end,
                                                                 linker_end, stack);
}

ssize_t write(int file, const void* data, size_t bytes) {
  static const auto call = real<decltype(&write)>("write");
  return fails(write_call, ENOSPC) ? -1 : call(file, data, bytes);
}

int fsync(int file) {
  static const auto call = real<decltype(&fsync)>("fsync");
  return fails(fsync_call, EIO) ? -1 : call(file);
}

int rename(const char* from, const char* to) {
  static const auto call = real<decltype(&rename)>("rename");
  return fails(rename_call, EIO) ? -1 : call(from, to);
}

void* mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset) {
  static const auto call = real<decltype(&mmap)>("mmap");
  return fails(mmap_call, ENOMEM) ? MAP_FAILED : call(at, bytes, protection, flags, file, offset);
}

int open(const char* path, int flags, ...) {
  static const auto call = real<decltype(&open)>("open");
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return fails(open_call, EMFILE) ? -1 : call(path, flags, mode);
}

void* malloc(size_t bytes) { return fails(malloc_call, ENOMEM) ? nullptr : __libc_malloc(bytes); }

void* aligned_alloc(size_t alignment, size_t bytes) {
  return fails(malloc_call, ENOMEM) ? nullptr : __libc_memalign(alignment, bytes);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  static const auto call = real<decltype(&pthread_create)>("pthread_create");
  return fails(thread_call, EAGAIN) ? EAGAIN : call(thread, attributes, start, argument);
}
}
