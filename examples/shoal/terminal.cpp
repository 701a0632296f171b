#include "terminal.hpp"

#include "launch.hpp"
#include "progress_view.hpp"

#include <csignal>
#include <memory>

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

}  // namespace

void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == SIG_IGN) continue;
    struct sigaction stop {};
    stop.sa_handler = [](int seen) { interrupt_seen = seen; };
    stop.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the second signal ends the program
    ::sigemptyset(&stop.sa_mask);
    ::sigaction(signal, &stop, nullptr);
  }
}

int interrupted() { return interrupt_seen; }

shoal::Hook progress_bar(const char* phase) {
  if (rank() != 0) return [](const shoal::Progress&) { return interrupted() == 0; };
  const auto view = std::make_shared<ProgressView>();
  view->note({.phase = phase, .detail = {}});
  return [view](const shoal::Progress& now) {
    view->note(now);
    return interrupted() == 0;
  };
}

void show_phase(const shoal::Hook& hook, const char* phase) { (void)hook({.phase = phase, .detail = {}}); }
