#include "goldens.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/silhouette.hpp>

using namespace shoal;

namespace {

struct Data {
  Matrix<float> features;
  std::vector<Label> labels;
};

/// Blobs of long-tailed sizes; every fifth row is a copy of another.
Data blobs(Index n, Index d, Index clusters, std::uint64_t seed) {
  const Philox random(seed, 1), labels(seed, 2);
  Data data{Matrix<float>(n, d), {}};
  for (Index i = 0; i < n; ++i) {
    const double u = labels.uniform(static_cast<std::uint64_t>(i));
    const auto k = static_cast<Label>(u * u * static_cast<double>(clusters));
    data.labels.push_back(k);
    for (Index j = 0; j < d; ++j)
      data.features(i, j) = i % 5 == 4
                                ? data.features(i - 3, j)
                                : static_cast<float>(std::cos(1.7 * k + static_cast<double>(j)) +
                                                     random.normal(static_cast<std::uint64_t>(i * d + j)));
  }
  return data;
}

/// By the definition, in double.
double brute_force(const Data& data, Distance distance) {
  const Index n = data.features.rows(), d = data.features.cols();
  const auto dot = [&](Index i, Index j) {
    double sum = 0;
    for (Index k = 0; k < d; ++k)
      sum += static_cast<double>(data.features(i, k)) * static_cast<double>(data.features(j, k));
    return sum;
  };
  double total = 0;
  for (Index i = 0; i < n; ++i) {
    std::map<Label, std::pair<double, double>> sums;
    for (Index j = 0; j < n; ++j) {
      if (j == i) continue;
      double gap = 0;
      for (Index k = 0; k < d; ++k) {
        const double step =
            static_cast<double>(data.features(i, k)) - static_cast<double>(data.features(j, k));
        gap += step * step;
      }
      auto& [sum, count] = sums[data.labels[static_cast<std::size_t>(j)]];
      sum +=
          distance == Distance::euclidean ? std::sqrt(gap) : 1 - dot(i, j) / std::sqrt(dot(i, i) * dot(j, j));
      ++count;
    }
    const Label mine = data.labels[static_cast<std::size_t>(i)];
    if (!sums.contains(mine)) continue;
    double other = std::numeric_limits<double>::infinity();
    for (const auto& [k, s] : sums)
      if (k != mine) other = std::min(other, s.first / s.second);
    const double own = sums[mine].first / sums[mine].second;
    total += (other - own) / std::max(own, other);
  }
  return total / static_cast<double>(n);
}

}  // namespace

TEST_CASE("silhouette equals scikit-learn's to 1e-5") {
  const auto goldens = read_goldens("features.txt");
  REQUIRE(goldens.size() == 5);
  for (const Golden& g : goldens) {
    CAPTURE(g.name);
    CHECK(std::abs(silhouette(Rows(g.features), g.labels).mean - g.scores.at("euclidean_silhouette")) <=
          1e-5);
    CHECK(std::abs(silhouette(Rows(g.features), g.labels, {.distance = Distance::cosine}).mean -
                   g.scores.at("cosine_silhouette")) <= 1e-5);
  }
}

TEST_CASE(
    "silhouette: several groups, a cluster larger than a group, copies: as by the definition, same bits") {
  // 3000 rows in 40 clusters of a long tail, then in 3 of which one is larger than a group.
  for (const Index clusters : {40, 3}) {
    const Data data = blobs(3000, 9, clusters, 5);
    for (const Distance distance : {Distance::euclidean, Distance::cosine}) {
      const Silhouette one =
          silhouette(Rows(data.features), data.labels, {.distance = distance}, Cpu({.threads = 1}));
      CHECK(std::abs(one.mean - brute_force(data, distance)) <= 1e-5);
      for (const int threads : {2, 7})
        CHECK(silhouette(Rows(data.features), data.labels, {.distance = distance}, Cpu({.threads = threads}))
                  .by_row == one.by_row);
    }
  }
}

TEST_CASE("silhouette of a sample: each row's value is the exact one, the error covers the mean") {
  const Data data = blobs(1500, 6, 12, 8);
  const Silhouette all = silhouette(Rows(data.features), data.labels),
                   some = silhouette(Rows(data.features), data.labels, {.sample = 600, .seed = 3});
  REQUIRE(some.row.size() == 600);
  std::vector<float> exact(1500);
  for (std::size_t q = 0; q < all.row.size(); ++q)
    exact[static_cast<std::size_t>(all.row[q])] = all.by_row[q];
  for (std::size_t q = 0; q < some.row.size(); ++q)
    CHECK(std::abs(some.by_row[q] - exact[static_cast<std::size_t>(some.row[q])]) <= 1e-5);
  CHECK(some.standard_error > 0);
  CHECK(std::abs(some.mean - all.mean) < 4 * some.standard_error);
  CHECK(silhouette(Rows(data.features), data.labels, {.sample = 1500}).mean == doctest::Approx(all.mean));
  CHECK(all.standard_error == 0);
}

TEST_CASE("silhouette: rows without a label are as if they weren't there") {
  Data data = blobs(300, 4, 5, 2);
  Matrix<float> kept(200, 4);
  std::copy_n(data.features.data(), 800, kept.data());
  const std::vector<Label> labels(data.labels.begin(), data.labels.begin() + 200);
  std::fill(data.labels.begin() + 200, data.labels.end(), -1);
  CHECK(silhouette(Rows(data.features), data.labels, {.none = -1}).mean ==
        doctest::Approx(silhouette(Rows(kept), labels).mean));
}

TEST_CASE("silhouette at every offset and scale is that of double precision") {
  for (const Distance distance : {Distance::euclidean, Distance::cosine})
    for (const float offset : {0.f, 1e3f, 1e4f, 1e5f, 1e6f})
      for (const float scale : {1e-30f, 1e-20f, 1.f, 1e20f, 1e30f}) {
        CAPTURE(offset);
        CAPTURE(scale);
        Data data = blobs(400, 7, 6, 4);
        for (Index i = 0; i < data.features.size(); ++i)
          data.features.data()[i] = (data.features.data()[i] + offset) * scale;
        CHECK(std::abs(silhouette(data.features, data.labels, {.distance = distance}).mean -
                       brute_force(data, distance)) <= 1e-5);
      }
}

TEST_CASE("silhouette: an outlier a million times as far as the rest takes no digits from it") {
  Data data = blobs(300, 5, 4, 6);
  for (Index j = 0; j < 5; ++j) data.features(0, j) = 1e6f;
  const Silhouette s = silhouette(data.features, data.labels);
  CHECK(std::abs(s.mean - brute_force(data, Distance::euclidean)) <= 1e-5);
}

TEST_CASE("silhouette: bad input and the hook") {
  Data data = blobs(20, 3, 2, 1);
  CHECK_THROWS_AS((void)silhouette(Rows(data.features), std::vector<Label>(19, 0)), error);
  CHECK_THROWS_AS((void)silhouette(Rows(data.features), std::vector<Label>(20, 0)), error);
  std::vector<Label> distinct(20);
  for (std::size_t i = 0; i < 20; ++i) distinct[i] = static_cast<Label>(i);
  CHECK_THROWS_AS((void)silhouette(Rows(data.features), distinct), error);
  CHECK_THROWS_AS((void)silhouette(Rows(data.features), data.labels, {.sample = 21}), error);
  CHECK_THROWS_AS(
      silhouette(Rows(data.features), data.labels, {}, Cpu{}, [](const Progress&) { return false; }), error);
  data.features(3, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS((void)silhouette(Rows(data.features), data.labels),
                       "silhouette: row 3 holds NaN or infinity", error);
  for (Index j = 0; j < 3; ++j) data.features(3, j) = 0;
  CHECK_THROWS_AS((void)silhouette(Rows(data.features), data.labels, {.distance = Distance::cosine}), error);
}
