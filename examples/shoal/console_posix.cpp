#include "console.hpp"

#include <csignal>
#include <fcntl.h>
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

void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0)  // open() takes the lowest number that is free
      (void)::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

void speak_utf8(int&, char**&) {}
