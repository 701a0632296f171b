#include "kmeans/support.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/kmeans/match.hpp>

using namespace shoal;
using kmeans_test::blobs;

TEST_CASE("matched ids: a shuffled fit gets its names back, new and gone clusters are told") {
  const auto before = blobs(12, 6, 12, 1.f, 34);
  Matrix<float> after(13, 6);
  for (Index c = 0; c < 12; ++c)
    for (Index j = 0; j < 6; ++j) after((c * 5 + 3) % 12, j) = before(c, j) + 0.01f;
  for (Index j = 0; j < 6; ++j) after(12, j) = 50.f;
  const ClusterMatch match = match_clusters(before, after);
  std::vector<Label> earlier, now;
  for (Label c = 0; c < 12; ++c) {
    CHECK(match.renamed[static_cast<std::size_t>((c * 5 + 3) % 12)] == c);
    earlier.push_back(c);
    now.push_back((c * 5 + 3) % 12);
  }
  CHECK(match.renamed[12] == 12);
  CHECK(match.gone.empty());
  CHECK(churn(earlier, now, match) == 0);
  now[4] = 12;
  CHECK(churn(earlier, now, match) == doctest::Approx(1.0 / 12));
  CHECK(match_clusters(after, before).gone == std::vector<Label>{12});
}
