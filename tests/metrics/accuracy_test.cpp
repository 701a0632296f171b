#include <doctest/doctest.h>

#include <shoal/metrics/accuracy.hpp>

using namespace shoal;

namespace {
// Clusters 0, 1, 2 of classes 10 (4 samples), 20 (3), 30 (1): 0 holds 3 × 10 and 1 × 20; 1 holds 2 × 20; 2
// the rest.
const std::vector<Label> labels{0, 0, 0, 0, 1, 1, 2, 2}, truth{10, 10, 10, 20, 20, 20, 10, 30};
}  // namespace

TEST_CASE("accuracy, its map, purity and accuracy by class, by hand") {
  const Contingency t = contingency(labels, truth);
  const Assignment<Index> map = assign(t);
  CHECK(map.row_to_col == std::vector<Label>{0, 1, 2});
  CHECK(accuracy(t, map) == doctest::Approx(6. / 8));
  CHECK(purity(t) == doctest::Approx(6. / 8));
  CHECK(majority_classes(t) == std::vector<Label>{0, 1, 0});
  CHECK(right_by_class(t, map.row_to_col) == std::vector<Index>{3, 2, 1});
  CHECK(accuracy_by_class(t, map.row_to_col)[1] == doctest::Approx(2. / 3));
}

TEST_CASE("accuracy where clusters are more, or fewer, than classes; of nothing") {
  const std::vector<Label> a{0, 1, 2, 3}, b{5, 5, 6, 6}, one{0, 0, 0, 0};
  CHECK(accuracy(contingency(a, b)) == doctest::Approx(0.5));
  CHECK(purity(contingency(a, b)) == 1.);
  CHECK(accuracy(contingency(b, a)) == doctest::Approx(0.5));
  CHECK(accuracy(contingency(one, b)) == doctest::Approx(0.5));
  const std::vector<Label> nothing;
  CHECK(accuracy(contingency(nothing, nothing)) == 1.);
}

TEST_CASE("accuracy by frequency: bounds, own sizes, and the training split's") {
  const Contingency t = contingency(labels, truth);
  const std::vector<Label> map = assign(t).row_to_col;
  const FrequencyAccuracy own = accuracy_by_frequency(t, map, {.many = 4, .few = 1});
  CHECK(own.many.accuracy == doctest::Approx(3. / 4));
  CHECK(own.medium.accuracy == doctest::Approx(2. / 3));
  CHECK(own.few.accuracy == doctest::Approx(1.));
  CHECK(own.few.classes == 1);
  const FrequencyAccuracy trained = accuracy_by_frequency(t, map, {}, std::vector<Index>{19, 101, 20});
  CHECK(trained.few.samples == 4);
  CHECK(trained.many.samples == 3);
  CHECK(trained.medium.samples == 1);
  CHECK_THROWS_AS(accuracy_by_frequency(t, map, {}, std::vector<Index>{1}), error);
  CHECK_THROWS_AS(accuracy_by_frequency(t, map, {.many = 5, .few = 5}), error);
}

TEST_CASE("coarse accuracy: a mistake inside a coarse class is none") {
  const Contingency t = contingency(labels, truth);
  const std::vector<Label> map = assign(t).row_to_col;
  CHECK(coarse_accuracy(t, map, std::vector<Label>{0, 1, 2}) == doctest::Approx(6. / 8));
  CHECK(coarse_accuracy(t, map, std::vector<Label>{0, 0, 1}) == doctest::Approx(7. / 8));
  CHECK(coarse_accuracy(t, map, std::vector<Label>{0, 0, 0}) == doctest::Approx(1.));
  CHECK_THROWS_AS(coarse_accuracy(t, map, std::vector<Label>{0}), error);
}

TEST_CASE("same_ids: labels that are classes already are right where the ids agree") {
  const std::vector<Index> said{7, 7, 2, 5, 9, 2}, truth{7, 2, 2, 7, 3, 2};
  const Contingency t = contingency(said, truth);
  CHECK(t.cluster_ids == std::vector<Index>{2, 5, 7, 9});
  CHECK(t.class_ids == std::vector<Index>{2, 3, 7});
  CHECK(same_ids(t) == std::vector<Label>{0, -1, 2, -1});
  CHECK(accuracy(t, same_ids(t)) == doctest::Approx(3. / 6));
  CHECK(accuracy(t) == doctest::Approx(4. / 6));  // the assignment gives 9 the class 3, too
  CHECK(accuracy(contingency(std::vector<Label>{}, std::vector<Label>{}), same_ids(Contingency{})) == 1.);
}
