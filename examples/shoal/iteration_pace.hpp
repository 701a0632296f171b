// The time that is left for the iterations of k-means.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// The time that is left for the iterations of k-means, which cost less and less as the centroids come to
/// rest and bounds prune more, up to the one that moves no row. How far this has come is told by the rows
/// that change their cluster. With s_j the share of the rows that iteration j moves, the model is
///
///   s_j = exp(start - slope sqrt(j))
///   cost_j = level (f + (1 - f) min(1, s_{j-1} / 0.2)^0.6)      where bounds spare work
///   cost_j = level + update s_j                                  where each iteration compares all pairs
///
/// fitted to the iterations so far. The floor f is known late: the estimate is the mean over values of f,
/// weighted by how likely they are if costs scatter exponentially around the model, as they do, since bounds
/// are refreshed at irregular intervals. The constants are those of two dozen recorded fits
/// (bench/iteration_costs.cpp). O(iterations) for each estimate.
class IterationPace {
 public:
  /// Records that `units` (including fractions) are done at `at` seconds; the last whole one moved `moved`
  /// rows, and was spared the share `spared` of its work.
  void note(double at, double units, double moved, double spared) {
    if (ends_.empty()) ends_.push_back(at);
    while (static_cast<double>(ends_.size()) <= units) {
      ends_.push_back(at);
      moved_.push_back(std::max(moved, 0.5));
    }
    bounded_ = bounded_ || spared > 0;
    last_ = at, units_ = units;
  }

  /// Seconds from the last note to the end of `total` units, or of the one that is expected to move no row;
  /// 0 if unknown.
  [[nodiscard]] double left(double total) const {
    if (ends_.empty() || units_ <= 0) return 0;
    const double part = units_ - std::floor(units_);
    if (done() == 0) {
      const double first = (last_ - ends_[0]) / part;
      return (1 - part) * first + second * first * future(total, 0).cost(usual_floor);
    }
    return bounded_ ? left_with_bounds(future(total, part)) : left_without(future(total, part));
  }

 private:
  static constexpr double usual_slope = 1.5, slope_weight = 1;      ///< slope, before iterations tell it
  static constexpr double usual_floor = 0.055, floor_spread = 0.6;  ///< f, and its deviation in logarithms
  static constexpr double second = 0.75;   ///< cost of the second iteration, of the first, with bounds
  static constexpr double product = 0.55;  ///< level of all iterations, of the first, without
  static constexpr double at_rest =
      3;  ///< rows: if fewer are expected to move, the next iteration is the last
  static constexpr std::size_t window = 64;  ///< iterations that tell f and the level

  /// How the share of the rows that move falls.
  struct Decay {
    double start, slope;
    [[nodiscard]] double share(double j) const { return std::exp(start - slope * std::sqrt(j)); }
  };
  /// Sums over the iterations to come.
  struct Future {
    double count = 0, shares = 0, works = 0;
    /// Their cost, as a multiple of the level.
    [[nodiscard]] double cost(double f) const { return f * count + (1 - f) * works; }
  };

  [[nodiscard]] std::size_t done() const { return moved_.size(); }
  /// The cost of iteration j, from 1, and the share of the rows that it moved; the first moves all.
  [[nodiscard]] double cost(std::size_t j) const { return ends_[j] - ends_[j - 1]; }
  [[nodiscard]] double share(std::size_t j) const { return moved_[j - 1] / moved_[0]; }
  /// The part of a cost above the floor, after an iteration that moved the share s.
  static double work(double s) { return std::pow(std::min(1., s / 0.2), 0.6); }

  /// The slope to expect: the usual one, but where the third iteration moves nearly as many rows as the
  /// second, centroids go on moving, with a slope a third above that between the two.
  [[nodiscard]] double expected_slope() const {
    if (done() < 3) return usual_slope;
    const double early = std::log(share(2) / share(3)) / (std::sqrt(3.) - std::sqrt(2.));
    return std::clamp(1.35 * early, 0., usual_slope);
  }
  /// The line through the logarithms of the shares of the last two thirds, without the first iteration, and
  /// drawn to the expected slope.
  [[nodiscard]] Decay decay() const {
    if (done() < 2) return {std::log(0.35) + usual_slope * std::sqrt(2.), usual_slope};
    const std::size_t all = std::max<std::size_t>(3, done() * 2 / 3);
    const std::size_t first = done() > all + 2 ? done() - all : 2;
    const auto count = static_cast<double>(done() + 1 - first);
    double x = 0, y = 0, square = slope_weight, product_of_both = -slope_weight * expected_slope();
    for (std::size_t j = first; j <= done(); ++j)
      x += std::sqrt(static_cast<double>(j)) / count, y += std::log(share(j)) / count;
    for (std::size_t j = first; j <= done(); ++j) {
      const double off = std::sqrt(static_cast<double>(j)) - x;
      square += off * off, product_of_both += off * (std::log(share(j)) - y);
    }
    const double slope = std::max(0.05, -product_of_both / square);
    return {y + slope * x, slope};
  }

  /// The iterations from the one under way, of which `part` is done, to the last; the first does not count.
  [[nodiscard]] Future future(double total, double part) const {
    const Decay falling = decay();
    const double rest = done() < 2 ? 0 : at_rest / moved_[0];
    const auto next = static_cast<double>(std::max<std::size_t>(done(), 1)) + 1;
    Future all;
    for (double j = next; j <= total; ++j) {
      const double before = j <= 2 ? 1 : falling.share(j - 1), weight = j > next ? 1 : 1 - part;
      if (before < rest) break;
      all.count += weight;
      all.shares += weight * std::min(1., falling.share(j));
      all.works += weight * work(before);
    }
    return all;
  }

  [[nodiscard]] double left_with_bounds(const Future& to_come) const {
    if (done() < 2) return second * cost(1) * to_come.cost(usual_floor);
    const std::size_t first = done() > window + 1 ? done() - window : 2;
    double weights = 0, left = 0;
    for (const double f : {0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.8}) {
      const auto relative = [&](std::size_t j) { return f + (1 - f) * work(share(j - 1)); };
      double spent = 1e-12, modelled = 0, loss = std::pow(std::log(f / usual_floor) / floor_spread, 2) / 2;
      for (std::size_t j = first; j <= done(); ++j) spent += cost(j), modelled += relative(j);
      const double level = spent / modelled, mean = spent / static_cast<double>(done() + 1 - first);
      for (std::size_t j = first; j <= done(); ++j)
        loss += (cost(j) / (level * relative(j)) + std::log(level * relative(j) / mean)) / 2;
      const double weight = std::exp(-loss);
      weights += weight, left += weight * level * to_come.cost(f);
    }
    return left / weights;
  }

  [[nodiscard]] double left_without(const Future& to_come) const {
    if (done() < 2) return cost(1) * (product * to_come.count + (1 - product) * to_come.shares);
    const auto count = static_cast<double>(done());
    double shares = 0, costs = 0, square = 1e-12, product_of_both = 0;
    for (std::size_t j = 1; j <= done(); ++j) shares += share(j) / count, costs += cost(j) / count;
    for (std::size_t j = 1; j <= done(); ++j) {
      const double off = share(j) - shares;
      square += off * off, product_of_both += off * (cost(j) - costs);
    }
    const double update = std::max(0., product_of_both / square);
    const std::size_t last = std::max<std::size_t>(2, done() / 2);  // iterations that tell the level
    double level = 0;
    for (std::size_t j = done() + 1 - last; j <= done(); ++j)
      level += std::max(0., cost(j) - update * share(j)) / static_cast<double>(last);
    return level * to_come.count + update * to_come.shares;
  }

  std::vector<double> ends_;   ///< [k]: when k units were done
  std::vector<double> moved_;  ///< [k]: rows that unit k + 1 moved
  bool bounded_ = false;
  double last_ = 0, units_ = 0;
};
