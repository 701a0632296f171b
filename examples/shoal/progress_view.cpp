#include "progress_view.hpp"

#include "console.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>

namespace {

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) < 1e6 ? "%.4g" : "%.2e", value);
  return text;
}

std::string short_time(double s) {
  char text[32];
  if (s < 100)
    std::snprintf(text, sizeof text, s < 9.95 && s > 0 ? "%.1f s" : "%.0f s", s);
  else if (s < 6000)
    std::snprintf(text, sizeof text, s < 600 ? "%.1f min" : "%.0f min", s / 60);
  else
    std::snprintf(text, sizeof text, "%.1f h", s / 3600);
  return text;
}

/// Returns the name of a phase's unit, singular and plural.
std::pair<std::string, std::string> unit_of(const std::string& phase) {
  static constexpr std::array<std::array<const char*, 3>, 10> units{{
      {"k-means, first centroids", "centroid", "centroids"},
      {"k-means, groups", "group", "groups"},
      {"k-means", "iteration", "iterations"},
      {"heads", "step", "steps"},
      {"probe", "epoch", "epochs"},
      {"labels", "pass", "passes"},
      {"Leiden", "round", "rounds"},
      {"Leiden, resolutions", "resolution", "resolutions"},
      {"local moves", "sweep", "sweeps"},
      {"TURTLE", "step", "steps"},
  }};
  for (const auto& [name, one, many] : units)
    if (phase == name) return {one, many};
  return {"part", "parts"};
}

/// Draws a bar of `width` characters in steps of an eighth of a character.
std::string bar(double share, int width) {
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int filled = static_cast<int>(std::lround(std::clamp(share, 0., 1.) * width * 8));
  std::string text;
  for (int i = 0; i < filled / 8; ++i) text += "█";
  text += eighths[filled % 8];
  for (int i = (filled + 7) / 8; i < width; ++i) text += " ";
  return text;
}

/// Whether the units of a phase are done in rounds that take equally long: k-means++ draws ever more
/// centroids at once, up to 256. The pace is then that of the last round.
bool in_rounds(const std::string& phase) { return phase == "k-means, first centroids"; }

std::atomic<ProgressView*> current_view{nullptr};  // a verb has one view at a time

}  // namespace

void leave_progress_line() {
  if (ProgressView* const view = current_view.load()) view->leave_line();
}

ProgressView::ProgressView() : terminal_(stderr_is_terminal()) {
  current_view = this;
  try {
    watcher_ = std::thread([this] { watch(); });
  } catch (const std::system_error&) {  // no more threads: the run goes on and is current_view less often
  }
}

ProgressView::~ProgressView() {
  current_view = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    close_line();
  }
  end_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

void ProgressView::note(const shoal::Progress& now) {
  const std::lock_guard lock(mutex_);
  const double at = time();
  if (now.phase != phase_ || now.done < done_) {
    close_line();
    phase_ = now.phase;
    phase_began_ = at;
    pace_ = {};
    iterations_ = {};
  }
  done_ = now.done, total_ = now.total, part_ = now.part, objective_ = now.objective, detail_ = now.detail;
  pace_.note(at, static_cast<double>(done_) + (in_rounds(phase_) ? 0 : part_));
  if (phase_ == "k-means")
    iterations_.note(at, static_cast<double>(done_) + part_, static_cast<double>(now.moved), now.spared);
  if (!terminal_) return;
  const bool whole = total_ > 0 && done_ >= total_;
  const bool countless = total_ == 0 && done_ == 0;
  if (countless && at - phase_began_ < 0.5) return;  // the watcher shows it if it lasts
  if (!whole && open_ && at - drawn_ < 0.1) return;
  draw();
  if (whole) close_line();
}

void ProgressView::leave_line() {
  const std::lock_guard lock(mutex_);
  if (open_) std::fputc('\n', stderr), std::fflush(stderr);
  open_ = false;
}

void ProgressView::watch() {
  std::unique_lock lock(mutex_);
  while (!end_.wait_for(lock, std::chrono::milliseconds(500), [this] { return ended_; })) {
    if (phase_.empty()) continue;
    const bool whole = total_ > 0 && done_ >= total_;
    if (!terminal_)
      log();
    else if (time() - drawn_ >= 0.9 && (open_ || !whole))
      draw();
    else if (whole && time() - drawn_ >= 2)  // the next work makes no reports
      phase_ = "next", done_ = total_ = 0, objective_ = 0, detail_.clear(), phase_began_ = time(), draw();
  }
}

/// Returns a text such as "3 of 25 iterations, 2.1 s each, 44 s of 51 s left, objective 0.31".
std::string ProgressView::facts() const {
  const auto [one, many] = unit_of(phase_);
  std::string text;
  const auto add = [&](const std::string& fact) { text += (text.empty() ? "" : ", ") + fact; };
  const double units = static_cast<double>(done_) + part_, all = static_cast<double>(total_);
  const double unit = !in_rounds(phase_) ? pace_.unit() : done_ < 512 ? 0 : pace_.latest();
  const double waited = time() - pace_.last();
  const double left = phase_ == "k-means" ? iterations_.left(all) : (all - units) * unit;
  if (total_ > 1)
    add(std::to_string(done_) + " of " + std::to_string(total_) + " " + many);
  else if (total_ == 1 && part_ > 0)
    add(std::to_string(std::lround(100 * part_)) + " %");
  else if (total_ == 0 && done_ > 0)
    add(std::to_string(done_) + " " + (done_ == 1 ? one : many));
  if (unit > 0 && total_ != 1)
    add(unit >= 1 ? short_time(unit) + " each" : short_number(1 / unit) + " a second");
  if (unit > 0 && all > units)
    add(short_time(std::max(0., left - waited)) + " of " + short_time(pace_.last() - phase_began_ + left) +
        " left");
  if (unit <= 0 || all <= units) add(short_time(time() - phase_began_));
  if (std::isfinite(objective_) && objective_ != 0) add("objective " + short_number(objective_));
  if (!detail_.empty()) add(detail_);
  return text;
}

void ProgressView::draw() {
  drawn_ = time();
  open_ = true;
  const std::string head = phase_ + std::string(phase_.size() < 12 ? 12 - phase_.size() : 0, ' ') + "  ";
  std::string tail = facts();
  const int width = terminal_width() - 1;
  const int room = std::min(30, width - static_cast<int>(head.size() + tail.size()) - 4);
  const double share = total_ > 0 ? (static_cast<double>(done_) + part_) / static_cast<double>(total_) : 0;
  const std::string middle = total_ > 0 && room >= 8 ? "▕" + bar(share, room) + "▏  " : "";
  if (middle.empty())
    tail.resize(static_cast<std::size_t>(
        std::clamp<int>(width - static_cast<int>(head.size()), 0, static_cast<int>(tail.size()))));
  std::fprintf(stderr, "\r\033[K%s%s%s", head.c_str(), middle.c_str(), tail.c_str());
  std::fflush(stderr);
}

void ProgressView::log() {
  const double now = time();
  if (now < next_line_) return;
  next_line_ = now + std::clamp(now / 400, 8., 60.);
  std::fprintf(stderr, "%s: %s (after %s)\n", phase_.c_str(), facts().c_str(), short_time(now).c_str());
  std::fflush(stderr);
}

void ProgressView::close_line() {
  if (open_) std::fputc('\n', stderr);
  open_ = false;
  done_ = 0;
  part_ = 0;
  phase_.clear();
}
