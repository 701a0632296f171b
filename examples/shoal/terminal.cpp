#include "terminal.hpp"

#include "console.hpp"
#include "launch.hpp"
#include "progress_view.hpp"

#include <csignal>
#include <memory>

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

}  // namespace

void stop_on_signals() {
  on_request_to_end([](int seen) { interrupt_seen = seen; });
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
