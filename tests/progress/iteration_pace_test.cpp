// The estimates of the time that k-means still takes, on recorded costs of iterations and counts of moved
// rows.
#include "../../examples/shoal/iteration_pace.hpp"

#include "recorded_fits.hpp"

#include <numeric>
#include <string>

#include <doctest/doctest.h>

namespace {

/// An estimate after an iteration: the seconds before it, those left as estimated, and those left in truth.
struct Moment {
  double share, estimated, left, whole;
  [[nodiscard]] double error_of_whole() const { return std::abs(estimated - left) / whole; }
};

/// The estimates from the third iteration on; the hook also reports the middle of each.
std::vector<Moment> estimates(const RecordedFit& fit) {
  IterationPace pace;
  const double whole = std::accumulate(fit.seconds.begin(), fit.seconds.end(), 0.);
  const double spared = fit.bounded ? 0.99 : 0;
  std::vector<Moment> moments;
  double at = 0;
  pace.note(0, 0, 0, 0);
  for (std::size_t i = 0; i < fit.seconds.size(); ++i) {
    const auto units = static_cast<double>(i);
    pace.note(at + fit.seconds[i] / 2, units + 0.5, i > 0 ? fit.moved[i - 1] : 0, i > 0 ? spared : 0);
    at += fit.seconds[i];
    pace.note(at, units + 1, fit.moved[i], spared);
    if (i >= 2) moments.push_back({at / whole, pace.left(fit.planned), whole - at, whole});
  }
  return moments;
}

std::string name_of(const RecordedFit& fit) {
  return std::string(fit.rows) + ", C = " + std::to_string(fit.clusters);
}

}  // namespace

TEST_CASE("k-means: from the third iteration on the estimate of the whole time is within a quarter of it") {
  for (const RecordedFit& fit : usual_fits) {
    CAPTURE(name_of(fit));
    for (const Moment& now : estimates(fit)) {
      CAPTURE(now.share);
      CHECK(now.error_of_whole() <= 0.25);
    }
  }
}

TEST_CASE(
    "k-means: the time left is mostly within a quarter of it, or within an iteration that compares all") {
  int all = 0, near = 0;
  for (const RecordedFit& fit : usual_fits)
    for (const Moment& now : estimates(fit)) {
      const double error = std::abs(now.estimated - now.left);
      ++all, near += error <= 0.25 * now.left || error <= fit.seconds[1];
    }
  CHECK(near >= 0.8 * all);
}

TEST_CASE("k-means that can't be foreseen: the estimate comes right as iterations tell more") {
  for (const RecordedFit& fit : unforeseeable_fits) {
    CAPTURE(name_of(fit));
    for (const Moment& now : estimates(fit)) {
      CAPTURE(now.share);
      CHECK(now.error_of_whole() <= (now.share < 0.67 ? 0.67 : 0.3));
    }
  }
}

TEST_CASE("k-means: the last iteration leaves nothing, and one of many is the last if it is to move no row") {
  for (const RecordedFit& fit : usual_fits)
    if (std::ssize(fit.seconds) == fit.planned) CHECK(estimates(fit).back().estimated == 0);
  IterationPace pace;
  pace.note(0, 0, 0, 0);
  for (int j = 1; j <= 8; ++j) pace.note(j, j, std::pow(10, 8 - j), 0.9);
  CHECK(pace.left(1'000'000) <= 3);
}

TEST_CASE("iterations that cost the same, with rows that move as ever, are told from others") {
  for (const double spared : {0., 0.9}) {
    IterationPace pace;
    pace.note(0, 0, 0, 0);
    for (int j = 1; j <= 5; ++j) pace.note(3 * j, j, 1e6, spared);
    CHECK(pace.left(25) == doctest::Approx(60).epsilon(0.1));
    pace.note(16.5, 5.5, 1e6, spared);
    CHECK(pace.left(25) == doctest::Approx(58.5).epsilon(0.1));
  }
}

TEST_CASE(
    "before the first iteration ends the estimate is of the right size; at the start nothing is known") {
  IterationPace pace;
  CHECK(pace.left(25) == 0);
  pace.note(10, 0, 0, 0);
  CHECK(pace.left(25) == 0);
  const RecordedFit& fit = usual_fits.front();
  pace.note(10 + fit.seconds[0] / 2, 0.5, 0, 0);
  const double whole = std::accumulate(fit.seconds.begin(), fit.seconds.end(), 0.);
  CHECK(pace.left(25) == doctest::Approx(whole - fit.seconds[0] / 2).epsilon(0.4));
  CHECK(pace.left(1) == doctest::Approx(fit.seconds[0] / 2));
}
