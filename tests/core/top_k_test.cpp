#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/top_k.hpp>

using namespace shoal;

TEST_CASE("top_k: the best of any order, as a stable sort gives them") {
  for (const std::size_t count : {1u, 2u, 7u, 50u}) {
    std::vector<float> scores;  // many are equal
    for (std::size_t c = 0; c < count; ++c) scores.push_back(static_cast<float>((c * 7919) % 13));
    std::vector<Label> sorted(count);
    std::iota(sorted.begin(), sorted.end(), Label{0});
    std::stable_sort(sorted.begin(), sorted.end(), [&](Label a, Label b) {
      return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    for (std::size_t k = 1; k <= count; k = 2 * k) {
      std::vector<Label> best(k);
      CHECK(top_k(scores, std::span(best)) == static_cast<Index>(k));
      CHECK(std::equal(best.begin(), best.end(), sorted.begin()));
    }
  }
}

TEST_CASE("top_k: more places than scores, none of either, infinities") {
  const std::vector<float> scores{-std::numeric_limits<float>::infinity(), 1,
                                  std::numeric_limits<float>::infinity()};
  std::vector<Index> best(5, -1);
  CHECK(top_k(scores, std::span(best)) == 3);
  CHECK(best == std::vector<Index>{2, 1, 0, -1, -1});
  CHECK(top_k({}, std::span(best)) == 0);
  CHECK(top_k(scores, std::span<Index>()) == 0);
}
