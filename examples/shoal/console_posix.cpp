#include "console.hpp"

#include <csignal>
#include <initializer_list>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) != 0; }

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return std::int64_t{usage.ru_maxrss};
#else
  return std::int64_t{usage.ru_maxrss} * 1024;
#endif
}

void on_request_to_end(void (*asked)(int)) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == SIG_IGN) continue;
    struct sigaction stop {};
    stop.sa_handler = asked;
    stop.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the second of them ends the program
    ::sigemptyset(&stop.sa_mask);
    ::sigaction(signal, &stop, nullptr);
  }
}

void speak_utf8(int&, char**&) {}
