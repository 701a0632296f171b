#include <doctest/doctest.h>

#include <shoal/metrics/rand_index.hpp>

using namespace shoal;

TEST_CASE("pair counts and their scores, by hand") {
  const std::vector<Label> a{0, 0, 0, 1, 1}, b{0, 0, 1, 1, 1};
  const PairCounts p = pair_counts(contingency(a, b));
  CHECK(p.both == 2);
  CHECK(p.cluster_only == 2);
  CHECK(p.class_only == 2);
  CHECK(p.neither == 4);
  CHECK(rand_index(p) == doctest::Approx(0.6));
  CHECK(pair_precision(p) == doctest::Approx(0.5));
  CHECK(pair_recall(p) == doctest::Approx(0.5));
  CHECK(pair_f1(p) == doctest::Approx(0.5));
  CHECK(fowlkes_mallows(p) == doctest::Approx(0.5));
  CHECK(adjusted_rand_index(p) == doctest::Approx(2. * (2 * 4 - 4) / (4 * 6 + 4 * 6)));
}

TEST_CASE("a billion samples and more: no overflow") {
  // A table made by hand: two classes in two clusters, 2^31 samples each, a quarter misplaced.
  const Index side = Index{1} << 30;
  Contingency t;
  t.samples = 4 * side - 4;
  t.cluster_sizes = t.class_sizes = {2 * side - 2, 2 * side - 2};
  t.count = {3 * side / 2 - 1, side / 2 - 1, side / 2 - 1, 3 * side / 2 - 1};
  const PairCounts p = pair_counts(t);
  CHECK(p.both > 0);
  CHECK(p.neither > 0);
  CHECK(rand_index(p) == doctest::Approx(0.625));
  CHECK(adjusted_rand_index(p) == doctest::Approx(0.25));
}

TEST_CASE("pairs of nothing, of one sample, and of singletons") {
  const std::vector<Label> none, one{3}, distinct{0, 1, 2};
  for (const auto& labels : {none, one, distinct}) {
    const PairCounts p = pair_counts(contingency(labels, labels));
    CHECK(adjusted_rand_index(p) == 1);
    CHECK(rand_index(p) == 1);
    CHECK(pair_f1(p) == 1);
    CHECK(fowlkes_mallows(p) == 0);
  }
}
