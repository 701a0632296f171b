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
