#include "kmeans/support.hpp"

#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/merge_tree.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("Ward's tree: cheapest pair first against brute force, cuts nest, and blobs come back") {
  const auto points = blobs(40, 5, 40, 0.f, 33);
  std::vector<double> weights(40);
  for (std::size_t i = 0; i < 40; ++i) weights[i] = 1.0 + static_cast<double>(i % 3);
  const MergeTree tree = merge_tree(points, weights);
  // Brute force: always merge the cheapest pair of those left.
  std::vector<std::vector<double>> mean;
  std::vector<double> weight = weights;
  for (Index i = 0; i < 40; ++i) mean.emplace_back(points.row(i), points.row(i) + 5);
  for (const Merge& merge : tree.merges) {
    double least = 1e300;
    std::size_t first = 0, second = 0;
    for (std::size_t a = 0; a < mean.size(); ++a)
      for (std::size_t b = a + 1; b < mean.size(); ++b) {
        double square = 0;
        for (std::size_t j = 0; j < 5; ++j) square += (mean[a][j] - mean[b][j]) * (mean[a][j] - mean[b][j]);
        const double cost = weight[a] * weight[b] / (weight[a] + weight[b]) * square;
        if (cost < least) least = cost, first = a, second = b;
      }
    CHECK(merge.cost == doctest::Approx(least).epsilon(1e-4));
    for (std::size_t j = 0; j < 5; ++j)
      mean[first][j] = (weight[first] * mean[first][j] + weight[second] * mean[second][j]) /
                       (weight[first] + weight[second]);
    weight[first] += weight[second];
    mean.erase(mean.begin() + static_cast<std::ptrdiff_t>(second));
    weight.erase(weight.begin() + static_cast<std::ptrdiff_t>(second));
  }
  for (Index count = 1; count <= 40; ++count) {
    const auto coarse = tree.cut(count), fine = tree.cut(std::min<Index>(40, count + 1));
    CHECK(std::set<Label>(coarse.begin(), coarse.end()).size() == static_cast<std::size_t>(count));
    std::map<Label, Label> parent;
    for (std::size_t i = 0; i < 40; ++i) CHECK(parent.emplace(fine[i], coarse[i]).first->second == coarse[i]);
  }
  CHECK_THROWS_AS((void)tree.cut(0), error);
  CHECK_THROWS_AS((void)tree.cut(41), error);
  CHECK(merge_tree(points.view().block(0, 1), std::vector<double>{1.0}).cut(1) == std::vector<Label>{0});
}
