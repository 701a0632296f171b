#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/suggest.hpp>

using namespace shoal;

namespace {

/// Rows around ten directions.
Matrix<float> ten_groups(Index rows) {
  const Matrix<float> centre = test::random_rows(10, 16, 77);
  Matrix<float> x = test::random_rows(rows, 16, 3);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < 16; ++j) x(i, j) = centre(i % 10, j) + 0.1f * x(i, j);
  return x;
}

bool same(const ClusterCountHint& a, const ClusterCountHint& b) {
  return a.clusters == b.clusters && a.value == b.value && a.suggestion == b.suggestion;
}

}  // namespace

TEST_CASE("ten clear groups: every hint says ten, with any number of threads") {
  const Matrix<float> x = ten_groups(600);
  const ClusterCountHints hints = suggest_clusters(x, {.most = 40}, Cpu({.threads = 1}));
  CHECK(hints.rows == 600);
  for (const ClusterCountHint* hint :
       {&hints.merging, &hints.resolution, &hints.stability, &hints.silhouette}) {
    CHECK(hint->suggestion == 10);
    CHECK(hint->clusters.size() == hint->value.size());
    CHECK(std::ranges::is_sorted(hint->clusters));
  }
  for (std::size_t k = 1; k < hints.merging.value.size(); ++k)
    CHECK(hints.merging.value[k] <= hints.merging.value[k - 1]);
  const ClusterCountHints again = suggest_clusters(x, {.most = 40}, Cpu({.threads = 3}));
  CHECK(same(again.merging, hints.merging));
  CHECK(same(again.resolution, hints.resolution));
  CHECK(same(again.stability, hints.stability));
  CHECK(same(again.silhouette, hints.silhouette));
}

TEST_CASE("the numbers that are looked at begin with 2 and grow by a quarter") {
  CHECK(suggest_impl::counts_up_to(12) == std::vector<Index>{2, 3, 4, 5, 6, 7, 8, 10, 12});
  CHECK(suggest_impl::counts_up_to(1).empty());
}

TEST_CASE("a knee, a flat stretch and a largest value are where they are") {
  const std::vector<Index> clusters{2, 4, 8, 16, 32};
  CHECK(suggest_impl::knee({clusters, {1, 0.6, 0.2, 0.15, 0.1}, 0}) == 8);
  const std::vector<double> ever_faster{1, 0.96, 0.86, 0.82, 0.7, 0.5};
  CHECK(suggest_impl::knee({{4, 8, 16, 32, 64, 128}, ever_faster, 0}) == 16);
  CHECK(suggest_impl::knee({{2, 3}, {1, 0.5}, 0}) == 2);
  CHECK(suggest_impl::knee({}) == 0);
  CHECK(suggest_impl::flattest({{2, 7, 8, 9, 30}, {1, 2, 4, 8, 16}, 0}) == 8);
  CHECK(suggest_impl::best({clusters, {0.1, std::nan(""), 0.5, 0.5, 0.4}, 0}) == 8);
}

TEST_CASE("more rows than are to be looked at are sampled; fewer than four are refused") {
  const Matrix<float> x = ten_groups(900), few = ten_groups(3);
  const Cpu cpu;
  const ClusterCountHints hints = suggest_clusters(x, {.most = 20, .rows = 400}, cpu);
  CHECK(hints.rows == 400);
  CHECK(hints.silhouette.suggestion == 10);
  CHECK(suggest_clusters(ten_groups(4), {}, cpu).stability.suggestion == 2);
  test::refused(Errc::invalid_argument, "rows (3)", [&] { (void)suggest_clusters(few, {}, cpu); });
  test::refused(Errc::invalid_argument, "most (1)", [&] { (void)suggest_clusters(x, {.most = 1}, cpu); });
  test::refused(Errc::invalid_argument, "neighbors (0)",
                [&] { (void)suggest_clusters(x, {.neighbors = 0}, cpu); });
}
