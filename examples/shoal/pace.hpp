// How fast work goes on, from what was done last.
#pragma once

#include <deque>
#include <utility>

/// The time that a unit of a phase takes, from the last unit or eight seconds, whichever is longer: the first
/// iteration of k-means costs four of those after it.
class Pace {
 public:
  /// `units` are done (parts of one included) `at` so many seconds.
  void note(double at, double units) {
    if (!moments_.empty() && units <= moments_.back().second) return;
    moments_.emplace_back(at, units);
    while (moments_.size() > 2 && at - moments_[1].first >= 8 && units - moments_[1].second >= 1)
      moments_.pop_front();
  }
  /// Seconds a unit; 0 where that is not known.
  [[nodiscard]] double unit() const {
    if (moments_.size() < 2) return 0;
    return (moments_.back().first - moments_.front().first) /
           (moments_.back().second - moments_.front().second);
  }
  /// When the last of these moments was.
  [[nodiscard]] double last() const { return moments_.empty() ? 0 : moments_.back().first; }

 private:
  std::deque<std::pair<double, double>> moments_;
};
