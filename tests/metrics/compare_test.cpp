#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/metrics/compare.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;

namespace {

using Views = std::vector<BorrowedView<AnyRows>>;

/// Row i lies around direction i mod 4.
Matrix<float> four_groups(std::uint64_t seed) {
  const Matrix<float> centre = test::random_rows(4, 12, 77);
  Matrix<float> rows = test::random_rows(200, 12, seed);
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < 12; ++j) rows(i, j) = centre(i % 4, j) + 0.4f * rows(i, j);
  return rows;
}

/// The groups, of which the first `wrong` rows have another's label.
std::vector<Label> labels_of(Index wrong, Label step = 1) {
  std::vector<Label> labels(200);
  for (Index i = 0; i < 200; ++i)
    labels[static_cast<std::size_t>(i)] = static_cast<Label>((i < wrong ? i + 1 + i / 4 % 3 : i) % 4) * step;
  return labels;
}

}  // namespace

TEST_CASE("every score falls as labels get worse, and ranks say so") {
  const Matrix<float> a = four_groups(1), b = four_groups(2);
  const Views views{a, b};
  const Cpu cpu;
  const Neighbors near = exact_neighbors(a, {.count = 10}, cpu);
  const std::vector<std::vector<Label>> runs{labels_of(0), labels_of(40), labels_of(100)};
  const ClusteringComparison found = compare(runs, a, views, near.ids, cpu);
  for (const auto& scores : {found.scores.silhouette, found.scores.neighbor_information}) {
    REQUIRE(scores.size() == 3);
    CHECK(scores[0] > scores[1]);
    CHECK(scores[1] > scores[2]);
    CHECK(score_ranks(scores) == std::vector<double>{1, 2, 3});
  }
  CHECK(found.scores.view_agreement[0] > 0.95);
  CHECK(found.scores.view_agreement[0] >= found.scores.view_agreement[2]);
  CHECK(found.ami(0, 1) == doctest::Approx(evaluate(runs[0], runs[1]).ami));
  CHECK(found.ari(2, 1) == doctest::Approx(evaluate(runs[1], runs[2]).ari));
  CHECK(found.ami(1, 1) == 1);
  CHECK(found.scores.nearness[1] == doctest::Approx((found.ami(1, 0) + found.ami(1, 2)) / 2));
}

TEST_CASE("the information of neighbours' labels is that of the definition") {
  const std::vector<Label> labels{0, 0, 1, 1};
  Matrix<std::int32_t> near(4, 1);
  const std::int32_t ids[] = {1, 2, 3, 2};  // pairs (0,0) (0,1) (1,1) (1,1)
  std::copy_n(ids, 4, near.data());
  const Matrix<float> rows = test::random_rows(4, 3, 1);
  const std::vector<std::vector<Label>> runs{labels};
  const ClusteringComparison found = compare(runs, rows, {}, near, Cpu{});
  const double expected = 0.25 * std::log(0.25 / (0.5 * 0.25)) + 0.25 * std::log(0.25 / (0.5 * 0.75)) +
                          0.5 * std::log(0.5 / (0.5 * 0.75));
  CHECK(found.scores.neighbor_information[0] == doctest::Approx(expected).epsilon(1e-12));
  CHECK(std::isnan(found.scores.nearness[0]));
  CHECK(found.scores.view_agreement.empty());
}

TEST_CASE("numbering plays no part, nor does the number of threads") {
  const Matrix<float> a = four_groups(3), b = four_groups(4);
  const Views views{a, b};
  const Neighbors near = exact_neighbors(a, {.count = 7}, Cpu{});
  const std::vector<std::vector<Label>> runs{labels_of(30), labels_of(30, 700'000'000), labels_of(60)};
  const ClusteringComparison one = compare(runs, a, views, near.ids, Cpu({.threads = 1}));
  CHECK(one.scores.silhouette[0] == one.scores.silhouette[1]);
  CHECK(one.scores.neighbor_information[0] == one.scores.neighbor_information[1]);
  CHECK(one.scores.view_agreement[0] == one.scores.view_agreement[1]);
  CHECK(one.ami(0, 1) == 1);
  for (const int threads : {2, 7}) {
    const ClusteringComparison other = compare(runs, a, views, near.ids, Cpu({.threads = threads}));
    CHECK(other.scores.silhouette == one.scores.silhouette);
    CHECK(other.scores.neighbor_information == one.scores.neighbor_information);
    CHECK(other.scores.view_agreement == one.scores.view_agreement);
    CHECK(other.scores.nearness == one.scores.nearness);
  }
}

TEST_CASE("ranks: ties share, what is undefined is last") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> scores{0.5, nan, 0.9, 0.5, nan};
  CHECK(score_ranks(scores) == std::vector<double>{2.5, 4.5, 1, 2.5, 4.5});
  CHECK(score_ranks(std::vector<double>()).empty());
}

TEST_CASE("one cluster has no silhouette, and what can't be compared is refused") {
  const Matrix<float> rows = test::random_rows(20, 3, 1);
  const Cpu cpu;
  const Neighbors near = exact_neighbors(rows, {.count = 3}, cpu);
  const std::vector<std::vector<Label>> one{std::vector<Label>(20, 0)}, none, less{std::vector<Label>(19, 0)},
      negative{std::vector<Label>(20, -1)};
  CHECK(std::isnan(compare(one, rows, {}, near.ids, cpu).scores.silhouette[0]));
  test::refused(Errc::invalid_argument, "at least one",
                [&] { (void)compare(none, rows, {}, near.ids, cpu); });
  test::refused(Errc::invalid_argument, "19 labels", [&] { (void)compare(less, rows, {}, near.ids, cpu); });
  test::refused(Errc::invalid_argument, "label -1",
                [&] { (void)compare(negative, rows, {}, near.ids, cpu); });
  const Matrix<float> fewer = test::random_rows(19, 3, 1);
  const Views views{rows, fewer};
  test::refused(Errc::invalid_argument, "19 rows", [&] { (void)compare(one, rows, views, near.ids, cpu); });
  const Matrix<std::int32_t> far(20, 1, 20);
  test::refused(Errc::bad_data, "neighbour 20", [&] { (void)compare(one, rows, {}, far, cpu); });
}
