#include <cmath>

#include <doctest/doctest.h>

#include <shoal/heads/guards.hpp>

using namespace shoal;

TEST_CASE("an epoch's record, by hand: three heads, two pairs, two steps") {
  EpochSums sums(3, 4);
  // Of each head the clusters of x of both pairs, then of x′. Heads 0 and 1 put both pairs together; head 2
  // splits the first.
  sums.add({{3, 1, 2}, {0, 1, 0, 1, /**/ 2, 2, 2, 2, /**/ 0, 1, 3, 1}});
  sums.add({{5, 2, 1}, {0, 1, 0, 1, /**/ 2, 3, 2, 3, /**/ 0, 1, 0, 1}});
  const HeadEpoch epoch = sums.finish();
  CHECK(epoch.loss == doctest::Approx((3 + 1 + 2 + 5 + 2 + 1) / 6.0));
  CHECK(epoch.best_head == 1);  // ties with head 2: the lowest number
  CHECK(epoch.best_loss == doctest::Approx(1.5));
  CHECK(epoch.occupied_clusters == 2);  // 2 six times and 3 twice
  CHECK(epoch.normalised_entropy ==
        doctest::Approx((0.75 * std::log(4 / 3.0) + 0.25 * std::log(4.0)) / std::log(4.0)));
  // The first step's first pair: 1 of the 3 pairs of heads agrees; the other three pairs: all.
  CHECK(epoch.head_agreement == doctest::Approx((1 / 3.0 + 3) / 4));
}

TEST_CASE("one head agrees with itself, and one cluster is even") {
  EpochSums one(1, 1);
  one.add({{2}, {0, 0}});
  CHECK(one.finish().head_agreement == 1);
  CHECK(one.finish().normalised_entropy == 1);
  CHECK(one.finish().occupied_clusters == 1);
  EpochSums even(1, 4);
  even.add({{2}, {0, 1, 2, 3}});
  CHECK(even.finish().normalised_entropy == doctest::Approx(1));
}
