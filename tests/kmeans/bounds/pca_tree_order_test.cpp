#include "kmeans/support.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/kmeans/bounds/pca_tree_order.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("an order that keeps like points together: a permutation, whose groups are closer than chance") {
  const auto points = blobs(203, 12, 25, 0.05f, 51);  // 25 blobs of some 8 points, in random order
  const auto spread = [&](const std::vector<Label>& order) {
    double sum = 0;
    for (std::size_t k = 0; k + 1 < order.size(); ++k)
      if (k % 8 != 7) sum += squared_distance(points.row(order[k]), points.row(order[k + 1]), 12);
    return sum;
  };
  const auto plain = pca_tree_order(points, 1), order = pca_tree_order(points, 8);
  CHECK(std::is_sorted(plain.begin(), plain.end()));
  CHECK(std::set<Label>(order.begin(), order.end()).size() == 203);
  CHECK(spread(order) < 0.6 * spread(plain));
  CHECK(order == pca_tree_order(points, 8));
}

TEST_CASE("the order of points that are all the same, of one, and of fewer than a group") {
  CHECK(pca_tree_order(Matrix<float>(40, 3, 1.f), 8).size() == 40);
  CHECK(pca_tree_order(Matrix<float>(1, 3, 1.f), 8) == std::vector<Label>{0});
  CHECK(pca_tree_order(blobs(5, 3, 5, 1.f, 52), 8) == std::vector<Label>{0, 1, 2, 3, 4});
}
