#include "support.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/prefilter.hpp>
#include <shoal/simd/dot.hpp>

using namespace shoal;
using namespace neighbors_test;

/// Every pair whose key reaches a threshold is scored once; few others are.
template <template <int> class P>
void prefilter_law(Index rows_a, Index rows_b, Index d, float mean, float allowed_others) {
  Matrix<float> a = random_rows(rows_a, d, 1), b = random_rows(rows_b, d, 2);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] += mean;
  for (Index i = 0; i < b.size(); ++i) b.data()[i] += mean;
  const Cpu cpu({.threads = 1});
  SearchRows from("test", b, Similarity::inner_product, cpu), to("test", a, from, cpu);
  share_scale(from, to);
  Matrix<float> z_a(rows_a, d), z_b(rows_b, d);
  to.read(0, z_a);
  from.read(0, z_b);
  const PrefilterBlock<P> x(z_a, [&](Index i) { return to.measure(i); }),
      y(z_b, [&](Index i) { return from.measure(i); });
  const auto key = [&](Index i, Index j) {
    return pair_key(dot_interleaved(z_a.row(i), z_b.row(j), d), to.measure(i), from.measure(j),
                    vector_dot_rounding(d));
  };
  std::vector<float> keys;
  for (Index i = 0; i < rows_a; ++i)
    for (Index j = 0; j < rows_b; ++j) keys.push_back(key(i, j));
  std::sort(keys.begin(), keys.end());
  const float level = keys[keys.size() * 9 / 10];
  Buffer<float> a_thresholds(static_cast<std::size_t>(rows_a), level),
      b_thresholds(static_cast<std::size_t>(rows_b + 64), level);
  a_thresholds[0] = std::numeric_limits<float>::infinity();
  b_thresholds[0] = -std::numeric_limits<float>::infinity();
  for (const bool either : {true, false}) {
    std::set<std::pair<Index, Index>> hits;
    each_candidate(x, x.all(), y, a_thresholds.data(), either ? b_thresholds.data() : nullptr,
                   [&](Index i, Index j, float found) {
                     REQUIRE((i >= 0 && i < rows_a && j >= 0 && j < rows_b));
                     CHECK(found == key(i, j));
                     CHECK(hits.insert({i, j}).second);
                   });
    Index reach = 0;
    for (Index i = 0; i < rows_a; ++i)
      for (Index j = 0; j < rows_b; ++j) {
        const float s = key(i, j);
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

TEST_CASE("some rows of a block have the candidates that they have among all") {
  constexpr Index n = 50, d = 70;
  const Matrix<float> a = random_rows(n, d, 3);
  const Cpu cpu({.threads = 1});
  const SearchRows rows("test", Rows(a), Similarity::inner_product, cpu);
  Matrix<float> z(n, d);
  rows.read(0, z);
  const auto law = [&]<template <int> class P>(const PrefilterBlock<P>& x) {
    const Buffer<float> thresholds(n, 0.f);
    using Found = std::set<std::tuple<Index, Index, float>>;
    const auto found = [&](const PrefilterRows<P>& some) {
      Found pairs;
      each_candidate(x, some, x, thresholds.data(), nullptr,
                     [&](Index i, Index j, float key) { pairs.emplace(i, j, key); });
      return pairs;
    };
    PrefilterRows<P> some;
    for (const std::vector<std::int32_t>& which :
         {std::vector<std::int32_t>{49}, {1, 4, 5, 6, 7, 11, 12, 13, 20, 21, 30, 31, 48, 49}, {0, 2}}) {
      x.select(which, some);
      Found expected;
      for (const auto& pair : found(x.all()))
        if (std::count(which.begin(), which.end(), std::get<0>(pair)) > 0) expected.insert(pair);
      CHECK(found(some) == expected);
      CHECK(!expected.empty());
    }
  };
  const auto measure = [&](Index i) { return rows.measure(i); };
  law(PrefilterBlock<Panels>(z, measure));
  law(PrefilterBlock<FastestPanels>(z, measure));
}
