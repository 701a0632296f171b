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
