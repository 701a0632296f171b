// The current speed of work whose units cost about the same.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>

/// The time for each unit of a phase whose units cost about the same, measured over the last half of the
/// phase, but at least over the last unit and the last eight seconds. Once there are two notes of work done,
/// what precedes the first, such as the preparation of a search, does not count.
class Pace {
 public:
  /// Records that `units` (including fractions) are done at `at` seconds.
  void note(double at, double units) {
    if (moments_.empty()) began_ = at;
    if (!moments_.empty() && units <= moments_.back().second) return;
    moments_.emplace_back(at, units);
    if (moments_.size() == 3 && moments_[0].second <= 0) moments_.pop_front();
    const double window = std::max(8., (at - began_) / 2);
    while (moments_.size() > 2 && at - moments_[1].first >= window && units - moments_[1].second >= 1)
      moments_.pop_front();
  }
  /// Seconds for each unit; 0 if unknown.
  [[nodiscard]] double unit() const {
    if (moments_.size() < 2) return 0;
    return (moments_.back().first - moments_.front().first) /
           (moments_.back().second - moments_.front().second);
  }
  /// Seconds for each unit between the last two notes; 0 if unknown.
  [[nodiscard]] double latest() const {
    if (moments_.size() < 2) return 0;
    const auto& [at, units] = moments_.back();
    const auto& [before, fewer] = moments_[moments_.size() - 2];
    return (at - before) / (units - fewer);
  }
  /// The last of these times.
  [[nodiscard]] double last() const { return moments_.empty() ? 0 : moments_.back().first; }

 private:
  std::deque<std::pair<double, double>> moments_;
  double began_ = 0;
};
