#include "bus_error.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

// The code here calls only what POSIX allows in a signal handler: it allocates no memory and prints nothing
// through the C library.
namespace {

void tell(const char* text, std::size_t length) { (void)!::write(STDERR_FILENO, text, length); }
void tell(const char* text) { tell(text, std::strlen(text)); }

/// Reads the hexadecimal number at the start of `text` and moves `text` behind it.
std::uintptr_t hexadecimal(const char*& text) {
  std::uintptr_t value = 0;
  for (;; ++text) {
    const char c = *text;
    if (c >= '0' && c <= '9')
      value = 16 * value + static_cast<std::uintptr_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = 16 * value + static_cast<std::uintptr_t>(c - 'a' + 10);
    else
      return value;
  }
}

/// Returns the path in a line of /proc/self/maps, "from-to modes offset device inode path", if the address
/// lies there.
const char* path_at(const char* line, std::uintptr_t address) {
  const std::uintptr_t from = hexadecimal(line);
  if (*line++ != '-' || address < from || address >= hexadecimal(line)) return nullptr;
  return std::strchr(line, '/');
}

/// Prints the path of the file that is mapped at the address, with '?' for control characters.
void say_file_at(std::uintptr_t address) {
  static char line[4400];
  const int maps = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::size_t length = 0;
  char letter = 0;
  while (maps >= 0 && ::read(maps, &letter, 1) == 1) {
    if (letter != '\n') {
      if (length + 1 < sizeof line) line[length++] = letter;
      continue;
    }
    line[length] = '\0';
    length = 0;
    const char* path = path_at(line, address);
    if (path == nullptr) continue;
    for (char* c = line; *c != '\0'; ++c)
      if (static_cast<unsigned char>(*c) < 0x20 || *c == 0x7F) *c = '?';
    tell(path);
    return;
  }
  tell("a mapped file");
}

void explain(int, siginfo_t* what, void*) {
  static std::atomic_flag told = ATOMIC_FLAG_INIT;
  while (told.test_and_set()) ::pause();  // several threads may read the file: the first one tells
  tell("shoal: ");
  say_file_at(reinterpret_cast<std::uintptr_t>(what->si_addr));
  tell(
      " was cut short while it was in use, or its disk or network failed; --no-map reads features instead\n");
  ::_exit(1);
}

}  // namespace

void explain_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = explain;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}
