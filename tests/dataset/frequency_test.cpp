#include "splits.hpp"

#include <doctest/doctest.h>

#include <shoal/dataset/frequency.hpp>

using namespace shoal;

namespace {
std::vector<Index> ramp(Index classes) {
  std::vector<Index> counts;
  for (Index c = 0; c < classes; ++c) counts.push_back(10 * (classes - c));  // falling: label 0 has most
  return counts;
}
}  // namespace

TEST_CASE("percentile subsets of a hand-made histogram have the stated classes") {
  // 21 classes of 10 to 210 samples: the percentile p is 10 + 2 p, so m_s are those of 110 − 2s to 110 + 2s
  // samples.
  const std::vector<Index> counts = ramp(21);
  const std::vector<std::size_t> sizes{3, 7, 11, 15, 19, 21};
  const std::vector<Index> s{5, 15, 25, 35, 45, 50};
  for (std::size_t k = 0; k < s.size(); ++k) {
    const auto classes = middle_classes(counts, s[k]);
    CHECK(classes.size() == sizes[k]);
    for (const Label c : classes) CHECK(std::abs(counts[static_cast<std::size_t>(c)] - 110) <= 2 * s[k]);
  }
  CHECK(middle_classes(counts, 5) == std::vector<Label>{9, 10, 11});
  CHECK(frequent_classes(counts, 10) == std::vector<Label>{0, 1, 2});
  CHECK(imbalanced_classes(counts) == std::vector<Label>{0, 1, 2, 9, 10, 11});
  CHECK(centered_classes(counts, 6) == std::vector<Label>{8, 9, 10, 11, 12, 13});
}

TEST_CASE("the percentiles are NumPy's, ties at an end all belong, labels without samples are no classes") {
  // numpy.percentile([1, 2, 2, 2, 8, 9], [35, 65]) = [2, 3.5]; at [5, 95]: [1.25, 8.75]
  const std::vector<Index> counts{2, 0, 9, 1, 2, 8, 0, 2};
  CHECK(middle_classes(counts, 15) == std::vector<Label>{0, 4, 7});
  CHECK(middle_classes(counts, 45) == std::vector<Label>{0, 4, 5, 7});
  CHECK(middle_classes(counts, 50) == std::vector<Label>{0, 2, 3, 4, 5, 7});
  CHECK(frequent_classes(counts, 0) == std::vector<Label>{2});
  CHECK(frequent_classes(counts, 100).size() == 6);
  CHECK(centered_classes(counts, 2) == std::vector<Label>{4, 7});  // the order is 3, 0, 4, 7, 5, 2
  CHECK(centered_classes(counts, 6).size() == 6);
  CHECK(middle_classes(std::vector<Index>{0, 5}, 5) == std::vector<Label>{1});
  CHECK(middle_classes({}, 5).empty());
  CHECK_THROWS_AS((void)middle_classes(counts, 0), error);
  CHECK_THROWS_AS((void)middle_classes(counts, 51), error);
  CHECK_THROWS_AS((void)frequent_classes(counts, 101), error);
  CHECK_THROWS_AS((void)centered_classes(counts, 7), error);
  CHECK_THROWS_AS((void)centered_classes(counts, 0), error);
}

TEST_CASE("with ties the paper's counts come about: 10,450 classes, somewhat more than 10 % within m_5") {
  std::vector<Index> counts;  // ImageNet-21K's range: 500 to 2,000 samples a class, many the same
  for (Index c = 0; c < 10450; ++c)
    counts.push_back(500 + Philox(3, 0).below(1500, static_cast<std::uint64_t>(c)));
  CHECK(middle_classes(counts, 5).size() >= 1045);
  CHECK(middle_classes(counts, 5).size() < 1075);
  CHECK(middle_classes(counts, 45).size() >= 9405);
  CHECK(middle_classes(counts, 45).size() < 9435);
  const auto imbalanced = imbalanced_classes(counts);
  CHECK(imbalanced.size() == middle_classes(counts, 5).size() + frequent_classes(counts, 10).size());
  CHECK(centered_classes(counts, static_cast<Index>(imbalanced.size())).size() == imbalanced.size());
}

TEST_CASE("percentile subsets are nested, and centred ones lie in the middle of the order") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    std::vector<Index> counts;
    for (Index c = 0; c < 200; ++c)
      counts.push_back(Philox(seed, 0).below(60, static_cast<std::uint64_t>(c)));
    std::vector<Label> inner;
    for (const Index s : {5, 15, 25, 35, 45}) {
      const auto outer = middle_classes(counts, s);
      CHECK(std::includes(outer.begin(), outer.end(), inner.begin(), inner.end()));
      inner = outer;
    }
    const auto few = centered_classes(counts, 31), more = centered_classes(counts, 33);
    CHECK(std::includes(more.begin(), more.end(), few.begin(), few.end()));
  }
}

TEST_CASE("unions are unions, intersections intersections") {
  const std::vector<Label> a{5, 1, 3}, b{3, 3, 8};
  CHECK(union_of(a, b) == std::vector<Label>{1, 3, 5, 8});
  CHECK(intersection_of(a, b) == std::vector<Label>{3});
  CHECK(union_of({}, {}).empty());
  CHECK(intersection_of(a, {}).empty());
}
