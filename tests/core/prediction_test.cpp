#include "support/random_rows.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/model/saved_model.hpp>

using namespace shoal;

namespace {

constexpr Index n = 70, d = 5, clusters = 9;

/// Each row's clusters are different ones, the first is its label, and its confidence is that of the
/// likeliest of `clusters`: from 1 / C to 1.
void is_a_prediction(const Prediction& p, Index count) {
  REQUIRE(p.labels.size() == n);
  REQUIRE(p.confidence.size() == n);
  REQUIRE(p.top.rows() == n);
  REQUIRE(p.top.cols() == std::min(count, clusters));
  for (Index i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(p.top(i, 0) == p.labels[at]);
    CHECK(p.confidence[at] >= doctest::Approx(1. / clusters).epsilon(1e-6));
    CHECK(p.confidence[at] <= 1.f);
    std::vector<Label> row(p.top.row(i), p.top.row(i) + p.top.cols());
    std::sort(row.begin(), row.end());
    CHECK(std::adjacent_find(row.begin(), row.end()) == row.end());
    CHECK(row.front() >= 0);
    CHECK(row.back() < clusters);
  }
}

/// Fewer clusters asked for are the first of more.
template <class M> void nests(const M& model) {
  const Cpu cpu({.threads = 2});
  const Matrix<float> x = test::random_rows(n, d, 4);
  const Prediction all = predict(model, Rows(x), cpu, clusters);
  for (const Index count : {1, 2, 5, 9}) {
    const Prediction p = predict(model, Rows(x), cpu, count);
    is_a_prediction(p, count);
    CHECK(p.labels == all.labels);
    CHECK(p.confidence == all.confidence);
    for (Index i = 0; i < n; ++i)
      for (Index k = 0; k < count; ++k) CHECK(p.top(i, k) == all.top(i, k));
  }
}

}  // namespace

TEST_CASE("centroids of both geometries and heads predict alike") {
  Matrix<float> centroids = test::random_rows(clusters, d, 1);
  nests(KMeansModel{centroids, false, 0.5, {}});
  for (Index c = 0; c < clusters; ++c) normalize(centroids.row(c), d);
  nests(KMeansModel{centroids, true, 0.2, {}});
  HeadModel heads{{d, {6, 4}, clusters, 2}, {}, 1, 0.1, {}};
  heads.parameters = initial_parameters(heads.shape, 3);
  nests(heads);
}

TEST_CASE("ties go to the lowest cluster") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> x = test::random_rows(n, d, 4), same(clusters, d, 1.f);
  const Prediction p = predict(KMeansModel{same, false, 0.5, {}}, Rows(x), cpu, 3);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < 3; ++k) CHECK(p.top(i, k) == k);
  for (const float c : p.confidence) CHECK(c == doctest::Approx(1. / clusters));
}

TEST_CASE("the first column of guesses is each row's likeliest") {
  Matrix<Label> top(2, 3);
  top(0, 0) = 4, top(0, 1) = 1, top(0, 2) = 0, top(1, 0) = 2, top(1, 1) = 3, top(1, 2) = 5;
  CHECK(first_column(top) == std::vector<Label>{4, 2});
  CHECK(first_column(Matrix<Label>(0, 3)).empty());
}
