#include "goldens.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/separability.hpp>

using namespace shoal;

TEST_CASE(
    "Davies-Bouldin and Calinski-Harabasz equal scikit-learn's, of rows and of rows scaled to length one") {
  for (const Golden& g : read_goldens("features.txt")) {
    CAPTURE(g.name);
    const Separability e = separability(Rows(g.features), g.labels),
                       c = separability(Rows(g.features), g.labels, {.distance = Distance::cosine});
    CHECK(e.davies_bouldin == doctest::Approx(g.scores.at("euclidean_davies_bouldin")).epsilon(1e-5));
    CHECK(e.calinski_harabasz == doctest::Approx(g.scores.at("euclidean_calinski_harabasz")).epsilon(1e-5));
    CHECK(c.davies_bouldin == doctest::Approx(g.scores.at("cosine_davies_bouldin")).epsilon(1e-5));
    CHECK(c.calinski_harabasz == doctest::Approx(g.scores.at("cosine_calinski_harabasz")).epsilon(1e-5));
  }
}

TEST_CASE("simplified silhouette: points on a line by hand") {
  // Clusters {0, 2} and {10, 14}: centroids 1 and 12. Rows: 1 − 1/12, 1 − 1/10, 1 − 2/9, 1 − 2/13.
  Matrix<float> x(4, 1);
  const float at[] = {0, 2, 10, 14};
  std::copy_n(at, 4, x.data());
  const Separability s = separability(Rows(x), std::vector<Label>{5, 5, 3, 3});
  CHECK(s.simplified_silhouette == doctest::Approx(1 - (1. / 12 + 1. / 10 + 2. / 9 + 2. / 13) / 4));
  CHECK(s.davies_bouldin == doctest::Approx(3. / 11));
  CHECK(s.calinski_harabasz == doctest::Approx(121. / (10. / 2)));
  CHECK(s.clusters == 2);
}

namespace {

/// Davies-Bouldin and Calinski-Harabasz by their definitions, in double.
std::pair<double, double> by_definition(const Matrix<float>& x, const std::vector<Label>& labels,
                                        Label clusters, bool unit) {
  const Index n = x.rows(), d = x.cols();
  Matrix<double> u(n, d), mean(clusters, d, 0.), all(1, d, 0.);
  std::vector<double> size(static_cast<std::size_t>(clusters)), spread(size), square(size);
  for (Index i = 0; i < n; ++i) {
    double length = 0;
    for (Index j = 0; j < d; ++j) length += double{x(i, j)} * double{x(i, j)};
    const auto k = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
    ++size[k];
    for (Index j = 0; j < d; ++j) {
      u(i, j) = double{x(i, j)} / (unit ? std::sqrt(length) : 1);
      mean(static_cast<Index>(k), j) += u(i, j), all(0, j) += u(i, j) / static_cast<double>(n);
    }
  }
  const auto gap = [&](const double* a, const double* b) {
    double sum = 0;
    for (Index j = 0; j < d; ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
  };
  double between = 0, within = 0, index = 0;
  for (Index k = 0; k < clusters; ++k) {
    for (Index j = 0; j < d; ++j) mean(k, j) /= size[static_cast<std::size_t>(k)];
    between += size[static_cast<std::size_t>(k)] * gap(mean.row(k), all.row(0));
  }
  for (Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
    const double square_gap = gap(u.row(i), mean.row(static_cast<Index>(k)));
    spread[k] += std::sqrt(square_gap) / size[k], within += square_gap;
  }
  for (Index k = 0; k < clusters; ++k) {
    double worst = 0;
    for (Index l = 0; l < clusters; ++l)
      if (l != k)
        worst = std::max(worst, (spread[static_cast<std::size_t>(k)] + spread[static_cast<std::size_t>(l)]) /
                                    std::sqrt(gap(mean.row(k), mean.row(l))));
    index += worst / static_cast<double>(clusters);
  }
  const auto rows = static_cast<double>(n), count = static_cast<double>(clusters);
  return {index, between * (rows - count) / (within * (count - 1))};
}

}  // namespace

TEST_CASE("separability at every offset and scale is that of double precision") {
  std::vector<Label> labels;
  for (Index i = 0; i < 300; ++i) labels.push_back(static_cast<Label>(i % 7));
  for (const bool cosine : {false, true})
    for (const float offset : {0.f, 1e3f, 1e4f, 1e5f, 1e6f})
      for (const float scale : {1e-30f, 1e-20f, 1.f, 1e20f, 1e30f}) {
        CAPTURE(offset);
        CAPTURE(scale);
        Matrix<float> x(300, 6);
        for (Index i = 0; i < x.size(); ++i)
          x.data()[i] = (static_cast<float>(Philox(5, 0).normal(static_cast<std::uint64_t>(i)) +
                                            std::cos(static_cast<double>(i / 6 % 7 + i % 6))) +
                         offset) *
                        scale;
        const Separability s =
            separability(x, labels, {.distance = cosine ? Distance::cosine : Distance::euclidean});
        const auto [index, ratio] = by_definition(x, labels, 7, cosine);
        CHECK(s.davies_bouldin == doctest::Approx(index).epsilon(1e-5));
        CHECK(s.calinski_harabasz == doctest::Approx(ratio).epsilon(1e-5));
      }
}

TEST_CASE("separability: the same bits for 1, 2 and 7 threads; points; bad input") {
  Matrix<float> x(700, 5);
  const Philox random(3, 0);
  std::vector<Label> labels;
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  for (Index i = 0; i < 700; ++i) labels.push_back(static_cast<Label>(i % 90));
  const Separability one = separability(Rows(x), labels, {}, Cpu({.threads = 1}));
  for (const int threads : {2, 7}) {
    const Separability more = separability(Rows(x), labels, {}, Cpu({.threads = threads}));
    CHECK(one.davies_bouldin == more.davies_bouldin);
    CHECK(one.calinski_harabasz == more.calinski_harabasz);
    CHECK(one.simplified_silhouette == more.simplified_silhouette);
  }
  for (Index i = 0; i < 700; ++i)
    for (Index j = 0; j < 5; ++j) x(i, j) = static_cast<float>(i % 90 == j);
  CHECK(separability(Rows(x), labels).davies_bouldin == 0);
  CHECK_THROWS_AS((void)separability(Rows(x), std::vector<Label>(700, 1)), error);
  CHECK_THROWS_AS((void)separability(Rows(x), std::vector<Label>(3, 1)), error);
}
