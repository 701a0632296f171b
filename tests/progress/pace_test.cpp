// The estimates of the command's progress, on costs of iterations that were measured: seconds of processor
// time on rows of 128 columns. Peaks are iterations that refresh all bounds.
#include "../../examples/shoal/pace.hpp"

#include <numeric>
#include <span>

#include <doctest/doctest.h>

namespace {

constexpr double clusters[] = {0.94, 0.6,  0.57, 0.74, 0.37, 0.21, 0.56, 0.17, 0.15, 0.54, 0.07, 0.12, 0.16,
                               0.15, 0.14, 0.54, 0.04, 0.06, 0.08, 0.09, 0.1,  0.08, 0.12, 0.06, 0.06};
constexpr double more_rows[] = {2.83, 1.76, 1.71, 1.81, 1.5,  0.75, 1.45, 0.37, 0.48, 0.84, 1.33, 0.11, 0.3,
                                0.29, 0.35, 0.25, 0.4,  0.42, 0.31, 0.23, 0.47, 1.07, 0.13, 0.11, 0.1};
constexpr double no_clusters[] = {0.94, 0.57, 0.6,  0.57, 0.4,  0.39, 0.38, 0.35, 0.16,
                                  0.19, 0.55, 0.15, 0.14, 0.19, 0.53, 0.11, 0.12, 0.13,
                                  0.18, 0.15, 0.27, 0.39, 0.06, 0.09, 0.06};
// Of other sets: words, names and pictures, each in some hundred columns, and clusters that overlap.
constexpr double nouns[] = {0.425, 0.321, 0.159, 0.272, 0.072, 0.092, 0.151, 0.208, 0.053,
                            0.052, 0.061, 0.060, 0.076, 0.101, 0.054, 0.059, 0.119, 0.092,
                            0.046, 0.033, 0.032, 0.031, 0.033, 0.033, 0.033};
constexpr double pairs[] = {0.098, 0.070, 0.059, 0.033, 0.046, 0.017, 0.026, 0.042, 0.025,
                            0.017, 0.018, 0.021, 0.034, 0.016, 0.016, 0.018, 0.016, 0.014,
                            0.017, 0.020, 0.015, 0.010, 0.009, 0.008, 0.008};
constexpr double fashion[] = {0.095, 0.075, 0.034, 0.029, 0.033, 0.056, 0.018, 0.018, 0.017,
                              0.017, 0.015, 0.015, 0.014, 0.014, 0.014, 0.015, 0.011, 0.011,
                              0.010, 0.010, 0.010, 0.010, 0.011, 0.018, 0.019};
constexpr double fewer_rows[] = {0.366, 0.279, 0.245, 0.230, 0.218, 0.117, 0.208, 0.047, 0.084,
                                 0.095, 0.186, 0.020, 0.028, 0.038, 0.051, 0.040, 0.036, 0.037,
                                 0.035, 0.032, 0.032, 0.031, 0.026, 0.025, 0.024};
constexpr double three_thousand[] = {0.861, 0.563, 0.526, 0.512, 0.505, 0.334, 0.476, 0.122, 0.229,
                                     0.267, 0.475, 0.061, 0.083, 0.113, 0.128, 0.120, 0.125, 0.131,
                                     0.112, 0.104, 0.153, 0.371, 0.051, 0.052, 0.052};

/// The worst error of the time of all iterations, as a share of it, from the third on.
double worst_error(std::span<const double> costs) {
  IterationPace pace;
  const double whole = std::accumulate(costs.begin(), costs.end(), 0.);
  double at = 0, worst = 0;
  pace.note(0, 0);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    pace.note(at + costs[i] / 2, static_cast<double>(i) + 0.5);
    at += costs[i];
    pace.note(at, static_cast<double>(i) + 1);
    if (i >= 2)
      worst = std::max(worst, std::abs(at + pace.left(static_cast<double>(costs.size())) - whole) / whole);
  }
  CHECK(pace.left(static_cast<double>(costs.size())) == doctest::Approx(0));
  return worst;
}

}  // namespace

TEST_CASE("iterations of k-means that get cheaper: the estimate is within a quarter from the third on") {
  CHECK(worst_error(clusters) < 0.25);
  CHECK(worst_error(more_rows) < 0.25);
  CHECK(worst_error(no_clusters) < 0.25);
  CHECK(worst_error(nouns) < 0.25);
  CHECK(worst_error(pairs) < 0.25);
  CHECK(worst_error(fashion) < 0.25);
  CHECK(worst_error(fewer_rows) < 0.25);
  CHECK(worst_error(three_thousand) < 0.25);
}

TEST_CASE("iterations that cost the same, as without bounds, are told from others") {
  const std::vector<double> same(25, 3.);
  CHECK(worst_error(same) < 0.15);
}

TEST_CASE(
    "before the first iteration has ended the estimate is of the right size, and nothing is known at the "
    "start") {
  IterationPace pace;
  CHECK(pace.left(25) == 0);
  pace.note(10, 0);
  CHECK(pace.left(25) == 0);
  pace.note(10 + clusters[0] / 2, 0.5);
  const double whole = std::accumulate(std::begin(clusters), std::end(clusters), 0.);
  CHECK(pace.left(25) == doctest::Approx(whole - clusters[0] / 2).epsilon(0.4));
  CHECK(pace.left(1) == doctest::Approx(clusters[0] / 2));
}

TEST_CASE("units of one cost: the pace is that of the last half") {
  Pace pace;
  for (int i = 0; i <= 10; ++i) pace.note(i, i);
  CHECK(pace.unit() == doctest::Approx(1));
  for (int i = 1; i <= 200; ++i) pace.note(10 + 2. * i, 10 + i);  // slower from here on
  CHECK(pace.unit() == doctest::Approx(2).epsilon(0.01));
  CHECK(pace.last() == 410);
  pace.note(411, 214);
  CHECK(pace.latest() == doctest::Approx(0.25));
}
