#include "support.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/neighbors/prefilter.hpp>
#include <shoal/simd/dot.hpp>

using namespace shoal;
using namespace neighbors_test;

/// Every pair that reaches a threshold is scored once; few others are.
template <template <int> class P>
void prefilter_law(Index rows_a, Index rows_b, Index d, float mean, float allowed_others) {
  Matrix<float> a = random_rows(rows_a, d, 1), b = random_rows(rows_b, d, 2);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] += mean;
  for (Index i = 0; i < b.size(); ++i) b.data()[i] += mean;
  const std::vector<float> centre(static_cast<std::size_t>(d), mean);
  const PrefilterBlock<P> x(a, centre), y(b, centre);
  const float level = mean * mean * static_cast<float>(d) + 1.5f * std::sqrt(static_cast<float>(d));
  Buffer<float> a_thresholds(static_cast<std::size_t>(rows_a), level),
      b_thresholds(static_cast<std::size_t>(rows_b + 64), level);
  a_thresholds[0] = std::numeric_limits<float>::infinity();
  b_thresholds[0] = -std::numeric_limits<float>::infinity();
  for (const bool either : {true, false}) {
    std::set<std::pair<Index, Index>> hits;
    each_candidate(x, x.panels(), y, a_thresholds.data(), either ? b_thresholds.data() : nullptr,
                   [&](Index i, Index j, float score) {
                     REQUIRE((i >= 0 && i < rows_a && j >= 0 && j < rows_b));
                     CHECK(score == dot(a.row(i), b.row(j), d));
                     CHECK(hits.insert({i, j}).second);
                   });
    Index reach = 0;
    for (Index i = 0; i < rows_a; ++i)
      for (Index j = 0; j < rows_b; ++j) {
        const float s = dot(a.row(i), b.row(j), d);
        if (s < a_thresholds[static_cast<std::size_t>(i)] &&
            !(either && s >= b_thresholds[static_cast<std::size_t>(j)]))
          continue;
        ++reach;
        CHECK(hits.count({i, j}) == 1);
      }
    const auto others = static_cast<float>(static_cast<Index>(hits.size()) - reach);
    CHECK(others <= allowed_others * static_cast<float>(rows_a * rows_b) + 1);
  }
}

template <template <int> class P> void prefilter_laws() {
  prefilter_law<P>(100, 130, 64, 0.f, 0.02f);
  prefilter_law<P>(100, 130, 64, 20.f, 0.02f);
  prefilter_law<P>(tile_rows, tile_cols, 3, 0.f, 0.05f);
  prefilter_law<P>(1, 1, 5, 0.f, 1.f);
  prefilter_law<P>(7, 50, 1000, 1.f, 0.12f);
  prefilter_law<P>(3, 5, 100000, 0.f, 1.f);  // so wide that bytes hold smaller codes
}

TEST_CASE("the prefilter lets pass all pairs that reach a threshold, and few more") {
  SUBCASE("by floats") { prefilter_laws<Panels>(); }
  SUBCASE("by the fastest codes") { prefilter_laws<FastestPanels>(); }
}
