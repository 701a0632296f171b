// Progress of long work: a terminal line that is redrawn each second, or lines in a log.
#pragma once

#include "iteration_pace.hpp"
#include "pace.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include <shoal/core/progress.hpp>

/// Shows progress on stderr, from the first report until it is destroyed. On a terminal it updates one line
/// and leaves one for each completed phase. Otherwise it writes a line every eight seconds for most of an
/// hour, and then ever less often, at last every minute. It has its own thread, so that the display continues
/// while the work makes no report.
class ProgressView {
 public:
  ProgressView();
  ~ProgressView();
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;

  void note(const shoal::Progress& now);
  /// Ends the line that is drawn on, so that other text can follow.
  void leave_line();

 private:
  using Clock = std::chrono::steady_clock;

  void watch();
  void draw();
  void log();
  void close_line();
  [[nodiscard]] double time() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }
  [[nodiscard]] std::string facts() const;

  const bool terminal_;
  const Clock::time_point started_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;

  std::string phase_, detail_;
  shoal::Index done_ = 0, total_ = 0;
  double part_ = 0, objective_ = 0;
  Pace pace_;
  IterationPace iterations_;  // of k-means
  double phase_began_ = 0, drawn_ = -1, next_line_ = 8;
  bool open_ = false;
  std::thread watcher_;  // last, since it reads all of the above
};

/// Ends the line that a view draws on now, if there is one: before anything else is written to the terminal.
void leave_progress_line();
