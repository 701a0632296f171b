#include "random_rows.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/temperature.hpp>

using namespace shoal;

namespace {
double loss(const Matrix<float>& x, const Matrix<float>& w, const std::vector<Label>& labels,
            double temperature) {
  double sum = 0;
  for (Index i = 0; i < x.rows(); ++i) {
    double total = 0;
    for (Index c = 0; c < w.rows(); ++c) total += std::exp(cosine(x, i, w, c) / temperature);
    sum += std::log(total) - cosine(x, i, w, labels[static_cast<std::size_t>(i)]) / temperature;
  }
  return sum;
}
}  // namespace

TEST_CASE(
    "the fitted temperature is the minimum of the loss, and labels drawn at a temperature give it back") {
  const Index n = 3000, C = 12;
  const Matrix<float> x = random_rows(31, n, 6), w = random_rows(32, C, 6);
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i) {  // draw from the softmax at 0.25
    std::vector<double> sums;
    for (Index c = 0; c < C; ++c)
      sums.push_back((sums.empty() ? 0 : sums.back()) + std::exp(cosine(x, i, w, c) / 0.25));
    const double u = Philox(33, 0).uniform(static_cast<std::uint64_t>(i)) * sums.back();
    labels.push_back(static_cast<Label>(std::lower_bound(sums.begin(), sums.end(), u) - sums.begin()));
  }
  const Candidates all = every_class(C);
  const float t = fit_temperature(Rows(x), w, all, labels, Cpu({.threads = 2}));
  CHECK(t == doctest::Approx(0.25).epsilon(0.05));
  CHECK(loss(x, w, labels, t) < loss(x, w, labels, t * 1.01));
  CHECK(loss(x, w, labels, t) < loss(x, w, labels, t * 0.99));
  for (const int threads : {1, 7})
    CHECK(fit_temperature(Rows(x), w, all, labels, Cpu({.threads = threads})) == t);
}

TEST_CASE("labels that are always right or always wrong end at the limits; bad arguments") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> w = random_rows(5, 4, 3);
  const Candidates all = every_class(4);
  const float right = fit_temperature(Rows(w), w, all, std::vector<Label>{0, 1, 2, 3}, cpu);
  CHECK(right < 0.01f);
  CHECK(right >= 0.9e-4f);
  CHECK(fit_temperature(Rows(w), w, all, std::vector<Label>{1, 0, 3, 2}, cpu) <= 1);
  CHECK_THROWS_AS((void)fit_temperature(Rows(w), w, all, std::vector<Label>{0, 1}, cpu), error);
  CHECK_THROWS_AS((void)fit_temperature(Rows(w), w, all, std::vector<Label>{0, 1, 2, 4}, cpu), error);
}
