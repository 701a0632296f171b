// The current speed of work, and the time that is left.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

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

/// The time that is left for the iterations of k-means, which cost less and less as the centroids come to
/// rest and bounds prune more. The model: after the first, iteration j costs a j^-p. At the start p is what
/// was measured on several sets, 0.8, or less if the second and third iteration are hardly cheaper than the
/// first, as they are without bounds; then p moves to its most likely value for costs that scatter
/// exponentially around the model. The level a makes the costs so far add up.
class IterationPace {
 public:
  /// Records that `units` (including fractions) are done at `at` seconds.
  void note(double at, double units) {
    if (ends_.empty()) ends_.push_back(at);
    for (double done = static_cast<double>(ends_.size()); done <= units; ++done) ends_.push_back(at);
    last_ = at, units_ = units;
  }
  /// Seconds from the last note to the end of `total` units; 0 if unknown.
  [[nodiscard]] double left(double total) const {
    if (ends_.empty() || units_ <= 0) return 0;
    const double done = std::floor(units_), part = units_ - done;
    if (done < 1) {
      const double first = (last_ - ends_[0]) / part;
      return (1 - part) * first + second_share * first * std::pow(2., usual) * sum_of_powers(usual, 1, total);
    }
    const auto [p, level] = fit();
    return level * (sum_of_powers(p, done, total) - part * std::pow(done + 1, -p));
  }

 private:
  static constexpr double usual = 0.8;          ///< p on sets with clusters, C from 300 to 1,000
  static constexpr double second_share = 0.62;  ///< of the second and third iteration, of the first, there
  static constexpr double deviation = 0.2;      ///< of p between sets

  /// The sum of j^-p for j from `done` + 1 to `total`, as an integral; p < 1.
  static double sum_of_powers(double p, double done, double total) {
    return (std::pow(total + 0.5, 1 - p) - std::pow(done + 0.5, 1 - p)) / (1 - p);
  }
  /// The cost of iteration j, from 1.
  [[nodiscard]] double cost(std::size_t j) const { return ends_[j] - ends_[j - 1]; }

  /// p and a.
  [[nodiscard]] std::pair<double, double> fit() const {
    const std::size_t done = ends_.size() - 1;
    if (done < 2) return {usual, second_share * cost(1) * std::pow(2., usual)};
    const double early = done < 3 ? cost(2) : (cost(2) + cost(3)) / 2;
    const double expected = usual * std::clamp((1 - early / cost(1)) / 0.3, 0., 1.);
    const std::size_t first = std::max<std::size_t>(2, done > 64 ? done - 63 : 0);
    std::pair<double, double> best{expected, 0};
    double least = INFINITY;
    for (int step = 0; step < 20; ++step) {
      const double p = 0.05 * step;
      double sum = 0, powers = 0;
      for (std::size_t j = first; j <= done; ++j) {
        sum += cost(j);
        powers += std::pow(static_cast<double>(j), -p);
      }
      const double level = sum / powers;
      double loss = std::pow((p - expected) / deviation, 2) / 2;
      for (std::size_t j = first; j <= done; ++j) {
        const double modelled = std::max(1e-9, level * std::pow(static_cast<double>(j), -p));
        loss += cost(j) / modelled + std::log(modelled);
      }
      if (loss < least) least = loss, best = {p, level};
    }
    return best;
  }

  std::vector<double> ends_;  ///< [k]: when k units were done
  double last_ = 0, units_ = 0;
};
