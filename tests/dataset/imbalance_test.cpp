#include "splits.hpp"

#include <doctest/doctest.h>

#include <shoal/dataset/imbalance.hpp>

using namespace shoal;

TEST_CASE("ODD halves exactly the odd classes, rounded up, and leaves the validation split alone") {
  const std::vector<Label> train = labels_of({10, 10, 7, 7, 1, 1, 0, 0, 2}),
                           validation = labels_of({3, 3, 0, 2});
  const SplitLabels in{train, validation};
  const Benchmark b = halve_odd(in, 5);
  CHECK(is_sound(b, in));
  CHECK(b.classes == std::vector<Label>{0, 1, 2, 3, 4, 5, 8});
  CHECK(counts_of(b.train, 7) == std::vector<Index>{10, 5, 7, 4, 1, 1, 2});
  CHECK(counts_of(b.validation, 7) == std::vector<Index>{3, 3, 0, 2, 0, 0, 0});
  for (const std::uint64_t seed : {1, 2, 3}) {
    const std::vector<Label> more = random_labels(seed, 2000, 13);
    const Benchmark r = halve_odd({more, more}, seed);
    const auto before = counts_of(more, 13), after = counts_of(r.train, 13);
    REQUIRE(r.classes.size() == 13);
    for (std::size_t c = 0; c < 13; ++c) CHECK(after[c] == (c % 2 == 1 ? (before[c] + 1) / 2 : before[c]));
    CHECK(counts_of(r.validation, 13) == before);
  }
}

TEST_CASE("the half that stays is drawn at random") {
  const std::vector<Label> train(2000, 1);
  const Benchmark b = halve_odd({train, {}}, 9);
  Index low = 0;
  for (const Index row : b.train.rows) low += row < 1000;
  CHECK(b.train.rows.size() == 1000);
  CHECK(std::abs(low - 500) < 60);  // some four standard deviations
}

TEST_CASE("a long tail of a balanced set falls by the ratio; of any set, by no less than it had") {
  const std::vector<Label> balanced = labels_of(std::vector<Index>(11, 1000));
  const auto counts = counts_of(long_tail({balanced, {}}, 100, 1).train, 11);
  CHECK(counts.front() == 1000);
  CHECK(counts[5] == 100);
  CHECK(counts.back() == 10);
  CHECK(std::is_sorted(counts.rbegin(), counts.rend()));
  CHECK(counts_of(long_tail({balanced, {}}, 1, 1).train, 11) == std::vector<Index>(11, 1000));

  const std::vector<Label> uneven = labels_of({50, 400, 400, 3});  // order: 1, 2, 0, 3
  CHECK(counts_of(long_tail({uneven, {}}, 8, 1).train, 4) == std::vector<Index>{50, 400, 200, 3});
  CHECK(counts_of(long_tail({uneven, {}}, 6.4e7, 1).train, 4) == std::vector<Index>{1, 400, 1, 1});
}

TEST_CASE("extremes of the long tail") {
  const std::vector<Label> one = labels_of({5});
  CHECK(long_tail({one, {}}, 50, 1).train.rows.size() == 5);
  CHECK(long_tail({}, 50, 1).train.rows.empty());
  CHECK_THROWS_AS((void)long_tail({one, {}}, 0.5, 1), error);
  CHECK_THROWS_AS((void)long_tail({one, {}}, std::numeric_limits<double>::quiet_NaN(), 1), error);
}
