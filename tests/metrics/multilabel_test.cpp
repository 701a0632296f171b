#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/multilabel.hpp>

using namespace shoal;

namespace {

/// Four clusters whose class is their own number when ranked first; six samples, two guesses each.
Matrix<Label> guesses() {
  Matrix<Label> top(6, 2);
  const Label values[] = {0, 1, 0, 2, 1, 0, 2, 3, 3, 0, 1, 3};
  std::copy_n(values, 12, top.data());
  return top;
}

}  // namespace

TEST_CASE("multilabel_accuracy: a case by hand, with ancestors") {
  const std::vector<Label> truth{0, 0, 1, 2, 3, 3};
  // Class 1 lies below 3; so a sample of class 1 may also be called 3.
  const LabelSets sets =
      ancestor_sets(4, [](Label c) { return c == 1 ? std::vector<Label>{3} : std::vector<Label>{}; });
  const MultiLabelAccuracy a = multilabel_accuracy(guesses(), truth, sets);
  CHECK(a.samples == 6);
  CHECK(a.top1_to_1 == doctest::Approx(5. / 6));  // sample 5: cluster 1 for class 3
  CHECK(a.top1_to_L == doctest::Approx(5. / 6));
  CHECK(a.topk_to_1 == doctest::Approx(1.));
  CHECK(a.topk_to_L == doctest::Approx(1.));
  const std::vector<Label> other{0, 0, 1, 2, 3, 0};
  // Sample 5: guesses 1 and 3; its label 0 is neither, its set {0, 1} holds the first.
  const LabelSets below =
      ancestor_sets(4, [](Label c) { return c == 0 ? std::vector<Label>{1} : std::vector<Label>{}; });
  const MultiLabelAccuracy b = multilabel_accuracy(guesses(), other, below);
  CHECK(b.top1_to_1 == doctest::Approx(5. / 6));
  CHECK(b.top1_to_L == doctest::Approx(1.));
  CHECK(b.topk_to_1 == doctest::Approx(5. / 6));
  CHECK(b.topk_to_L == doctest::Approx(1.));
}

TEST_CASE("multilabel_accuracy: with own labels as sets it is ACC; unlabelled samples are left out") {
  const std::vector<Label> truth{3, 3, 1, no_label, 0, 2}, first{0, 0, 1, 2, 3, 1};
  const LabelSets sets = ancestor_sets(4, [](Label) { return std::vector<Label>{}; });
  const MultiLabelAccuracy a = multilabel_accuracy(guesses(), truth, sets);
  CHECK(a.samples == 5);
  CHECK(a.top1_to_1 == doctest::Approx(evaluate(first, truth).acc));
  CHECK(a.top1_to_L == a.top1_to_1);
}

TEST_CASE("multilabel_accuracy: a classifier's guesses are not assigned to classes") {
  // Clusters 0 and 1 stand for classes 1 and 0: an assignment gets all right, a classifier nothing.
  Matrix<Label> top(4, 2);
  const Label values[] = {1, 0, 1, 2, 0, 2, 0, 1};
  std::copy_n(values, 8, top.data());
  const std::vector<Label> truth{0, 0, 1, 1};
  const LabelSets alone = ancestor_sets(3, [](Label) { return std::vector<Label>{}; });
  CHECK(multilabel_accuracy(top, truth, alone).top1_to_1 == 1.);
  const auto said = multilabel_accuracy(top, truth, alone, Cpu{}, no_label, Guesses::classes);
  CHECK(said.samples == 4);
  CHECK(said.top1_to_1 == 0.);
  CHECK(said.topk_to_1 == doctest::Approx(2. / 4));  // samples 0 and 3, by their second guess
  const LabelSets below =
      ancestor_sets(3, [](Label c) { return c == 0 ? std::vector<Label>{1} : std::vector<Label>{}; });
  CHECK(multilabel_accuracy(top, truth, below, Cpu{}, no_label, Guesses::classes).top1_to_L ==
        doctest::Approx(0.5));
  const LabelSets single = label_sets(std::vector<Index>{0, 1, 2, 3, 4}, truth);
  CHECK(multilabel_accuracy_drawn(top, single, {.draws = 2}).top1_to_1.mean == 1.);
  CHECK(multilabel_accuracy_drawn(top, single, {.draws = 2}, Cpu{}, Guesses::classes).top1_to_1.mean == 0.);
}

TEST_CASE("multilabel_accuracy_drawn: single labels leave nothing to draw; empty sets are left out") {
  const std::vector<Label> truth{0, 0, 1, 2, 3, 3};
  const LabelSets single = label_sets(std::vector<Index>{0, 1, 2, 3, 4, 5, 6}, truth);
  const DrawnAccuracy a = multilabel_accuracy_drawn(guesses(), single, {.draws = 5});
  CHECK(a.top1_to_1.mean == doctest::Approx(5. / 6));
  CHECK(a.top1_to_1.deviation == doctest::Approx(0.));
  CHECK(a.top1_to_1.count == 5);
  const LabelSets sets =
      label_sets(std::vector<Index>{0, 2, 3, 3, 4, 6, 7}, std::vector<Label>{0, 1, 0, 2, 3, 1, 3});
  const DrawnAccuracy b = multilabel_accuracy_drawn(guesses(), sets, {.draws = 40, .seed = 1});
  CHECK(b.samples == 5);
  CHECK(b.top1_to_L.mean >= b.top1_to_1.mean);
  CHECK(b.topk_to_L.mean >= b.top1_to_L.mean);
  CHECK(b.top1_to_1.deviation > 0);
  for (const int threads : {1, 2, 7})
    CHECK(multilabel_accuracy_drawn(guesses(), sets, {.draws = 40, .seed = 1}, Cpu({.threads = threads}))
              .top1_to_1.mean == b.top1_to_1.mean);
}

TEST_CASE("multilabel_accuracy: bad input") {
  const std::vector<Label> truth{0, 0, 1, 2, 3, 3};
  const LabelSets sets = ancestor_sets(3, [](Label) { return std::vector<Label>{}; });
  CHECK_THROWS_WITH_AS(
      (void)multilabel_accuracy(guesses(), truth, sets),
      "multilabel_accuracy: truth (3 at sample 4) must be in [0, 3), the classes that have a set", error);
  CHECK_THROWS_AS((void)multilabel_accuracy(guesses(), std::vector<Label>{0}, sets), error);
  CHECK_THROWS_AS((void)multilabel_accuracy(guesses(), std::vector<Label>(6, no_label), sets), error);
  CHECK_THROWS_AS((void)multilabel_accuracy(Matrix<Label>(0, 5), std::vector<Label>{}, sets), error);
  CHECK_THROWS_AS((void)multilabel_accuracy(Matrix<Label>(1, 1, -1), std::vector<Label>{0}, sets), error);
  CHECK_THROWS_AS((void)multilabel_accuracy_drawn(guesses(), sets), error);
  LabelSets empty;
  for (int i = 0; i < 6; ++i) empty.close();
  CHECK_THROWS_AS((void)multilabel_accuracy_drawn(guesses(), empty), error);
}

TEST_CASE("multilabel_accuracy: clusters and classes are names: any number gives the same accuracies") {
  const std::vector<Label> truth{0, 0, 1, 2, 3, 3};
  const auto none_above = [](Index) { return std::vector<Index>{}; };
  const NumberedSets plain = numbered_ancestor_sets(truth, none_above);
  const MultiLabelAccuracy expected = multilabel_accuracy(guesses(), plain.labels, plain.sets);
  Matrix<Label> far = guesses();
  for (Index i = 0; i < far.size(); ++i) far.data()[i] = far.data()[i] * 700000000;
  std::vector<Index> names;
  for (const Label y : truth) names.push_back(Index{y} << 45);
  const NumberedSets numbered = numbered_ancestor_sets(names, none_above);
  const MultiLabelAccuracy a = multilabel_accuracy(far, numbered.labels, numbered.sets);
  CHECK(a.top1_to_1 == expected.top1_to_1);
  CHECK(a.topk_to_1 == expected.topk_to_1);
  CHECK(a.topk_to_L == expected.topk_to_L);
}
