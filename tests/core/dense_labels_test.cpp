#include <limits>

#include <doctest/doctest.h>

#include <shoal/core/dense_labels.hpp>

using namespace shoal;

TEST_CASE("labels of any size become the ranks of their values, and their names give them back") {
  constexpr Label most = std::numeric_limits<Label>::max(), least = std::numeric_limits<Label>::min();
  const std::vector<Label> labels{most, 7, least, 7, most, 0};
  const DenseLabels dense = dense_labels(labels);
  CHECK(dense.labels == std::vector<Label>{3, 2, 0, 2, 3, 1});
  CHECK(dense.names == std::vector<Label>{least, 0, 7, most});
  CHECK(dense.clusters() == 4);
  CHECK(dense_labels({}).clusters() == 0);
  const std::vector<Label> already{1, 0, 2, 1};
  CHECK(dense_labels(already).labels == already);
}
