// The laws of a k-means assigner, on any backend.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/core/random.hpp>
#include <shoal/kmeans/assigner_on.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

namespace assigner_impl {

inline Matrix<float> random(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  const Philox numbers(seed, 3);
  for (Index i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(numbers.normal(static_cast<std::uint64_t>(i)));
  return m;
}

/// Whether c is a nearest centroid of x, up to the rounding of products of d terms.
inline bool is_nearest(const float* x, MatrixView<const float> centroids, Label c) {
  const auto slack = [&](Index k) {
    return 2 * static_cast<double>(centroids.cols + 4) * 0x1p-24 *
           (squared_norm(x, centroids.cols) + squared_norm(centroids.row(k), centroids.cols));
  };
  const double own = squared_distance(x, centroids.row(c), centroids.cols);
  for (Index k = 0; k < centroids.rows; ++k)
    if (own - squared_distance(x, centroids.row(k), centroids.cols) > slack(k) + slack(c)) return false;
  return true;
}

struct Outcome {
  std::vector<Label> labels;
  std::vector<double> sums;
};

/// Makes three assignments in a row and checks each; centroids move, and one row is relabelled from outside
/// in between.
inline Outcome assign_thrice(const Matrix<float>& rows, Index clusters, std::span<const float> weights,
                             const KMeansBackend& backend) {
  const Index n = rows.rows(), d = rows.cols();
  const Rows source(rows);
  const CheckedRows checked(source, false, "law");
  std::vector<double> squares(static_cast<std::size_t>(n), -1.f);
  const auto assigner = backend.assigner({checked, clusters, Bounds::automatic, weights, squares});
  ClusterSums sums(clusters, grids_of(checked, weights, backend));
  Outcome out{std::vector<Label>(static_cast<std::size_t>(n), Label{-1}), {}};
  Matrix<float> centroids = random(clusters, d, 7);
  for (int round = 0; round < 3; ++round) {
    const std::vector<Label> before = out.labels;
    const Index moved = assigner->assign(centroids, out.labels, sums);
    Index differ = 0;
    Matrix<double> expected(clusters, d, 0.0);
    std::vector<Index> counts(static_cast<std::size_t>(clusters), 0);
    for (Index i = 0; i < n; ++i) {
      const auto row = static_cast<std::size_t>(i);
      const Label label = out.labels[row];
      expect(label >= 0 && label < clusters);
      expect(is_nearest(rows.row(i), centroids, label));
      expect_near(squares[row], squared_norm(rows.row(i), d), 1.2e-5);
      differ += label != before[row];
      ++counts[static_cast<std::size_t>(label)];
      for (Index j = 0; j < d; ++j)
        expected(label, j) += (weights.empty() ? 1.0 : double{weights[row]}) * double{rows(i, j)};
    }
    expect(moved == differ);
    for (Index c = 0; c < clusters; ++c) {
      expect(sums.count(c) == counts[static_cast<std::size_t>(c)]);
      for (Index j = 0; j < d; ++j) expect_near(sums.sum(c, j), expected(c, j), 1e-9);
    }
    for (Index i = 0; i < centroids.size(); ++i) centroids.data()[i] *= 0.9f;
    if (round != 1 || n == 0) continue;
    const Move move{0, out.labels[0], static_cast<Label>(clusters - 1)};
    if (move.from == move.to) continue;
    out.labels[0] = move.to;
    sums.apply({move}, checked, weights, backend);
    assigner->relabel(0);
  }
  expect(assigner->pruned() >= 0 && assigner->pruned() <= 1);
  for (Index c = 0; c < clusters; ++c)
    for (Index j = 0; j < d; ++j) out.sums.push_back(sums.sum(c, j));
  return out;
}

/// Checks that a search finds the least cost + price, in order, for all rows and for some of them.
inline void finds_the_least(const KMeansBackend& backend) {
  const Matrix<float> rows = random(300, 9, 1), centroids = random(70, 9, 2);
  const Rows source(rows);
  const CheckedRows checked(source, false, "law");
  std::vector<float> prices(70);
  for (std::size_t c = 0; c < 70; ++c) prices[c] = static_cast<float>(Philox(5, 5).uniform(c));
  prices[3] = std::numeric_limits<float>::infinity();
  const std::vector<Index> some{0, 2, 150, 298, 299};
  const auto search = backend.search(centroids);
  for (const Index count : {1, 5})
    for (const bool all : {true, false}) {
      CentroidQuestion question{.rows = checked, .count = count, .prices = prices};
      if (!all) question.ids = some;
      std::vector<int> seen(all ? 300 : 5, 0);
      search->find(question, [&](const FoundCentroids& found) {
        for (Index i = 0; i < found.rows.rows; ++i) {
          const auto place = static_cast<std::size_t>(found.place + i);
          const Index row = all ? found.place + i : some[place];
          ++seen[place];
          expect(std::equal(rows.row(row), rows.row(row) + 9, found.rows.row(i)));
          std::vector<double> sums;
          for (Index c = 0; c < 70; ++c)
            sums.push_back(
                (squared_distance(rows.row(row), centroids.row(c), 9) - squared_norm(rows.row(row), 9)) / 2 +
                double{prices[static_cast<std::size_t>(c)]});
          std::vector<double> sorted = sums;
          std::sort(sorted.begin(), sorted.end());
          for (Index k = 0; k < count; ++k) {
            const auto label = static_cast<std::size_t>(found.labels(i, k));
            expect_near(sums[label], sorted[static_cast<std::size_t>(k)], 1e-4);
            expect_near(double{found.values(i, k)}, sums[label], 1e-4);
          }
        }
      });
      expect(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
    }
}

}  // namespace assigner_impl

/// Checks the assigners of the backends that `make(threads)` returns: labels are nearest centroids, sums are
/// those of the labels, and all backends give the same bits. Throws error(invalid_argument) otherwise.
template <class Make> void obeys_assigner(Make&& make) {
  using namespace assigner_impl;
  struct Case {
    Index n, d, clusters;
  };
  for (const auto [n, d, clusters] : {Case{1, 1, 1}, {90, 5, 7}, {700, 40, 90}, {70, 3, 70}}) {
    const Matrix<float> rows = random(n, d, 1);
    std::vector<float> weights(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 3);
    for (const bool weighted : {false, true}) {
      const std::span<const float> w = weighted ? std::span<const float>(weights) : std::span<const float>();
      const Outcome one = assign_thrice(rows, clusters, w, make(1));
      for (const int threads : {2, 7}) {
        const Outcome many = assign_thrice(rows, clusters, w, make(threads));
        expect(one.labels == many.labels);
        expect(one.sums == many.sums);
      }
    }
  }
  finds_the_least(make(2));
}

}  // namespace shoal::laws
