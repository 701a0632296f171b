// The current speed of work.
#pragma once

#include <deque>
#include <utility>

/// The time for each unit of a phase, measured over the last unit or eight seconds, whichever is longer: the
/// first iteration of k-means takes as long as four of those that follow.
class Pace {
 public:
  /// Records that `units` (including fractions) are done at `at` seconds.
  void note(double at, double units) {
    if (!moments_.empty() && units <= moments_.back().second) return;
    moments_.emplace_back(at, units);
    while (moments_.size() > 2 && at - moments_[1].first >= 8 && units - moments_[1].second >= 1)
      moments_.pop_front();
  }
  /// Seconds for each unit; 0 if unknown.
  [[nodiscard]] double unit() const {
    if (moments_.size() < 2) return 0;
    return (moments_.back().first - moments_.front().first) /
           (moments_.back().second - moments_.front().second);
  }
  /// The last of these times.
  [[nodiscard]] double last() const { return moments_.empty() ? 0 : moments_.back().first; }

 private:
  std::deque<std::pair<double, double>> moments_;
};
