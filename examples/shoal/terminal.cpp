#include "terminal.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) < 1e6 ? "%.4g" : "%.2e", value);
  return text;
}

std::string short_time(double s) {
  char text[32];
  if (s < 100)
    std::snprintf(text, sizeof text, "%.0f s", s);
  else if (s < 6000)
    std::snprintf(text, sizeof text, "%.0f min", s / 60);
  else
    std::snprintf(text, sizeof text, "%.1f h", s / 3600);
  return text;
}

/// A line now and then, for a log: after 10 seconds, then after as long again as has passed, at most every 10
/// minutes.
class Log {
 public:
  void note(const shoal::Progress& now) {
    const double passed = seconds(Clock::now() - started_);
    if (passed < next_) return;
    next_ = passed + std::min(passed, 600.);
    std::string text = std::string(now.phase) + " " + std::to_string(now.done);
    if (now.total > 0) text += "/" + std::to_string(now.total);
    if (std::isfinite(now.objective) && now.objective != 0)
      text += ", objective " + short_number(now.objective);
    std::fprintf(stderr, "%s after %s\n", text.c_str(), short_time(passed).c_str());
  }

 private:
  Clock::time_point started_ = Clock::now();
  double next_ = 10;
};

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// A bar of eighths of blocks, `width` characters wide.
std::string bar(double share, int width) {
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int filled = static_cast<int>(std::lround(std::clamp(share, 0., 1.) * width * 8));
  std::string text;
  for (int i = 0; i < filled / 8; ++i) text += "█";
  text += eighths[filled % 8];
  for (int i = (filled + 7) / 8; i < width; ++i) text += " ";
  return text;
}

/// The line of the phase under way.
class Line {
 public:
  ~Line() { finish(); }

  void draw(const shoal::Progress& now) {
    const auto time = Clock::now();
    if (now.phase != phase_ || now.done < done_) {
      finish();
      phase_ = now.phase;
      started_ = time;
      start_done_ = now.done;
    }
    done_ = now.done;
    const bool last = now.total > 0 && now.done >= now.total;
    if (!last && open_ && seconds(time - drawn_) < 0.1) return;
    drawn_ = time;
    open_ = true;
    show(now, seconds(time - started_));
    if (last) finish();
  }

 private:
  void show(const shoal::Progress& now, double elapsed) const {
    const double units = static_cast<double>(now.done - start_done_);
    const double rate = elapsed > 0 ? units / elapsed : 0;
    std::string tail = "  " + std::to_string(now.done);
    if (now.total > 0) tail += "/" + std::to_string(now.total);
    if (rate > 0) tail += "  " + short_number(rate) + "/s";
    if (rate > 0 && now.total > now.done)
      tail += "  " + short_time(static_cast<double>(now.total - now.done) / rate) + " left";
    if (now.total > 0 && now.done >= now.total) tail += "  " + short_time(elapsed);
    if (std::isfinite(now.objective) && now.objective != 0)
      tail += "  objective " + short_number(now.objective);
    if (!now.detail.empty()) tail += "  " + std::string(now.detail);
    const std::string head = phase_ + std::string(phase_.size() < 12 ? 12 - phase_.size() : 1, ' ');
    const int width = terminal_width() - 1;
    const int room = std::min(30, width - static_cast<int>(head.size() + tail.size()) - 2);
    const double share = now.total > 0 ? static_cast<double>(now.done) / static_cast<double>(now.total) : 0;
    const std::string middle = now.total > 0 && room >= 8 ? "▕" + bar(share, room) + "▏" : "";
    if (middle.empty())
      tail.resize(static_cast<std::size_t>(
          std::clamp<int>(width - static_cast<int>(head.size()), 0, static_cast<int>(tail.size()))));
    std::fprintf(stderr, "\r\033[K%s%s%s", head.c_str(), middle.c_str(), tail.c_str());
    std::fflush(stderr);
  }

  void finish() {
    if (open_) std::fputc('\n', stderr);
    open_ = false;
    done_ = 0;
    phase_.clear();
  }

  std::string phase_;
  Clock::time_point started_, drawn_;
  shoal::Index done_ = 0, start_done_ = 0;
  bool open_ = false;
};

}  // namespace

void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == SIG_IGN) continue;
    struct sigaction stop {};
    stop.sa_handler = [](int seen) { interrupt_seen = seen; };
    stop.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the second of them ends the program
    ::sigemptyset(&stop.sa_mask);
    ::sigaction(signal, &stop, nullptr);
  }
}

int interrupted() { return interrupt_seen; }

shoal::Hook progress_bar() {
  if (::isatty(STDERR_FILENO) != 0)
    return [line = std::make_shared<Line>()](const shoal::Progress& now) {
      line->draw(now);
      return interrupted() == 0;
    };
  return [log = std::make_shared<Log>()](const shoal::Progress& now) {
    log->note(now);
    return interrupted() == 0;
  };
}
