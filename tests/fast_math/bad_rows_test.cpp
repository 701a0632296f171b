// Compiled with -ffast-math, under which comparisons with NaN mean nothing: bad rows and settings are refused
// all the same.
#include "support/hidden.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/hierarchy/zero_shot.hpp>
#include <shoal/io/standardize.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/metrics/bootstrap.hpp>
#include <shoal/metrics/calibration.hpp>
#include <shoal/metrics/separability.hpp>
#include <shoal/metrics/silhouette.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/probe/linear.hpp>
#include <shoal/probe/split.hpp>

#if !defined(__FAST_MATH__)
#error this program must be compiled with -ffast-math
#endif

using namespace shoal;
using test::hidden;

namespace {

const std::vector<Label> labels_of(Index n) {
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(static_cast<Label>(i % 3));
  return labels;
}

}  // namespace

TEST_CASE("NaN and infinity are refused at every entry, the row named") {
  const Cpu cpu({.threads = 2});
  const Matrix<float> good = test::random_rows(60, 5, 1);
  const std::vector<Label> labels = labels_of(60);
  const std::vector<std::function<void(const Matrix<float>&)>> entries{
      [&](const auto& x) { (void)fit(KMeans<>{.clusters = 3}, x, cpu); },
      [&](const auto& x) { (void)fit(KMeans<Euclidean>{.clusters = 3}, x, cpu); },
      [&](const auto& x) { (void)exact_neighbors(x, {.count = 3}, cpu); },
      [&](const auto& x) {
        (void)exact_neighbors(x, {.count = 3, .similarity = Similarity::euclidean}, cpu);
      },
      [&](const auto& x) { (void)silhouette(x, labels, {}, cpu); },
      [&](const auto& x) { (void)separability(x, labels, {}, cpu); },
      [&](const auto& x) { (void)zero_shot(x, good.view().block(0, 3), every_class(3), {}, {}, cpu); },
      [&](const auto& x) { (void)fit(LinearProbe{.epochs = 1}, x, labels, good, labels, cpu); },
      [&](const auto& x) { (void)column_scaling(x, cpu); },
  };
  for (const auto& entry : entries) {
    CHECK_NOTHROW(entry(good));
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      Matrix<float> x = good;
      x(7, 2) = hidden(bad);
      test::refused(Errc::bad_data, &entry == &entries.back() ? "column 2" : "row 7", [&] { entry(x); });
    }
  }
}

TEST_CASE("settings that are NaN are refused") {
  const Cpu cpu({.threads = 1});
  const double nan = hidden(std::numeric_limits<double>::quiet_NaN());
  const Matrix<float> x = test::random_rows(30, 4, 2);
  const std::vector<Label> labels = labels_of(30);
  const std::vector<std::uint8_t> right(30, 1);
  const std::vector<float> confidence(30, static_cast<float>(nan));
  const auto score = [](const Contingency& t) { return static_cast<double>(t.samples); };
  const std::vector<std::function<void()>> calls{
      [&] { (void)fit(LinearProbe{.learning_rates = {nan}}, x, labels, x, labels, cpu); },
      [&] { (void)fit(LinearProbe{.momentum = nan}, x, labels, x, labels, cpu); },
      [&] { (void)stratified_split(labels, nan, 0); },
      [&] { (void)bootstrap(labels, labels, score, {.level = nan}, cpu); },
      [&] {
        (void)zero_shot(x, x.view().block(0, 3), every_class(3), {}, {.temperature = static_cast<float>(nan)},
                        cpu);
      },
      [&] { (void)calibration(confidence, right); },
  };
  for (const auto& call : calls) CHECK_THROWS_AS(call(), error);
}

TEST_CASE("neighbours are found as ever") {
  const Matrix<float> x = test::random_rows(700, 9, 3);
  const Neighbors found = exact_neighbors(x, {.count = 5, .keep_similarities = true}, Cpu({.threads = 2}));
  for (Index i = 0; i < 700; ++i)
    for (Index k = 0; k < 5; ++k) {
      REQUIRE((found.ids(i, k) >= 0 && found.ids(i, k) < 700 && found.ids(i, k) != i));
      REQUIRE((k == 0 || found.similarities(i, k) <= found.similarities(i, k - 1)));
    }
}
