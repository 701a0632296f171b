#include "support.hpp"
#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/predict.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;

TEST_CASE("a vote weighs neighbours by their similarity, ties to the lowest cluster") {
  const std::vector<Label> labels{0, 1, 1, 2};
  Neighbors near{Matrix<std::int32_t>(3, 3), Matrix<float>(3, 3)};
  const std::int32_t ids[] = {0, 1, 2, 3, 1, -1, -1, -1, -1};
  const float scores[] = {0.9f, 0.4f, 0.3f, 0.5f, 0.5f, 7.f, 1.f, 1.f, 1.f};
  std::copy_n(ids, 9, near.ids.data());
  std::copy_n(scores, 9, near.similarities.data());
  const Prediction weighted = vote(near, labels, 3, Cpu{}, 3);
  CHECK(weighted.labels == std::vector<Label>{0, 1, 0});
  CHECK(weighted.top(0, 1) == 1);
  CHECK(weighted.top(1, 1) == 2);
  CHECK(weighted.confidence[0] == doctest::Approx(0.9 / 1.6));
  CHECK(weighted.confidence[1] == doctest::Approx(0.5));
  CHECK(weighted.confidence[2] == doctest::Approx(1 / 3.));
  const Prediction counted = vote(NeighborView(near.ids), labels, 3, Cpu{});
  CHECK(counted.labels == std::vector<Label>{1, 1, 0});
  CHECK(counted.confidence[0] == doctest::Approx(2 / 3.));
}

TEST_CASE("new rows near labelled ones take their clusters, by vote and by centroids, with any threads") {
  const Matrix<float> centre = test::random_rows(6, 12, 1), noise = test::random_rows(700, 12, 2);
  Matrix<float> rows(600, 12), fresh(100, 12);
  std::vector<Label> labels;
  for (Index i = 0; i < 700; ++i)
    for (Index j = 0; j < 12; ++j)
      (i < 600 ? rows(i, j) : fresh(i - 600, j)) = centre(i % 6, j) + 0.2f * noise(i, j);
  for (Index i = 0; i < 600; ++i) labels.push_back(static_cast<Label>(i % 6));
  const Neighbors near = exact_neighbors(fresh, rows, {.count = 9, .keep_similarities = true}, Cpu{});
  const Matrix<float> centroids = label_centroids(rows, labels, 6, Cpu({.threads = 1}));
  const Prediction voted = vote(near, labels, 6, Cpu({.threads = 7}), 2);
  const KMeansPrediction nearest = predict(centroids, fresh, Cpu{});
  for (Index i = 0; i < 100; ++i) {
    CHECK(voted.labels[static_cast<std::size_t>(i)] == (600 + i) % 6);
    CHECK(nearest.labels(i, 0) == (600 + i) % 6);
  }
  const Matrix<float> other = label_centroids(rows, labels, 6, Cpu({.threads = 7}));
  CHECK(std::equal(other.data(), other.data() + other.size(), centroids.data()));
}

TEST_CASE(
    "centroids are the means of the rows, of unit length under cosine; a cluster without rows has zeros") {
  Matrix<float> rows(3, 2);
  const float values[] = {3, 0, 0, 1, 0, 5};
  std::copy_n(values, 6, rows.data());
  const std::vector<Label> labels{0, 2, 2};
  const Matrix<float> plain = label_centroids<Euclidean>(rows, labels, 3, Cpu{});
  CHECK(plain(0, 0) == 3);
  CHECK(plain(1, 1) == 0);
  CHECK(plain(2, 1) == 3);
  CHECK(label_centroids(rows, labels, 3, Cpu{})(2, 1) == 1);
}

TEST_CASE("votes and centroids of labels out of range are refused") {
  const Matrix<std::int32_t> ids(2, 1, 1);
  const std::vector<Label> labels{0, 3};
  const Cpu cpu;
  test::refused(Errc::invalid_argument, "label 3 of row 1",
                [&] { (void)vote(NeighborView(ids), labels, 3, cpu); });
  test::refused(Errc::invalid_argument, "top (5)", [&] { (void)vote(NeighborView(ids), labels, 4, cpu, 5); });
  test::refused(Errc::bad_data, "neighbour 1",
                [&] { (void)vote(NeighborView(ids), std::vector<Label>{0}, 4, cpu); });
  const Matrix<float> rows(2, 2, 1.f);
  test::refused(Errc::invalid_argument, "label 3 of row 1",
                [&] { (void)label_centroids(rows, labels, 3, cpu); });
  test::refused(Errc::invalid_argument, "labels (1)",
                [&] { (void)label_centroids(rows, std::vector<Label>{0}, 3, cpu); });
}
