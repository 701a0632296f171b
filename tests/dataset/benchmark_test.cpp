#include "splits.hpp"

#include <limits>

#include <doctest/doctest.h>

#include <shoal/dataset/easy.hpp>
#include <shoal/dataset/granularity.hpp>
#include <shoal/dataset/imbalance.hpp>

using namespace shoal;

TEST_CASE("map_labels and select_classes, by hand") {
  const std::vector<Label> train{2, 0, -1, 1, 2, 0}, validation{1, 3, 0};
  const SplitLabels in{train, validation};
  const Benchmark b = map_labels(in, std::vector<Label>{7, -1, 4, 7});
  CHECK(b.classes == std::vector<Label>{4, 7});
  CHECK(b.train.rows == std::vector<Index>{0, 1, 4, 5});
  CHECK(b.train.labels == std::vector<Label>{0, 1, 0, 1});
  CHECK(b.validation.rows == std::vector<Index>{1, 2});
  CHECK(b.validation.labels == std::vector<Label>{1, 1});
  const Benchmark picked = select_classes(in, std::vector<Label>{3, 0, 9});
  CHECK(picked.classes == std::vector<Label>{0, 3});
  CHECK(picked.train.rows == std::vector<Index>{1, 5});
  CHECK(picked.validation.labels == std::vector<Label>{1, 0});
  CHECK_THROWS_AS((void)map_labels(in, std::vector<Label>{0, 1, 2}), error);
  CHECK_THROWS_AS((void)select_classes(in, std::vector<Label>{-1}), error);
}

TEST_CASE("no samples, no validation split, no labels") {
  CHECK(map_labels({}, {}).classes.empty());
  CHECK(largest_label({}) == -1);
  CHECK(train_counts({}).empty());
  const std::vector<Label> none{-1, -1};
  CHECK(select_classes({none, none}, std::vector<Label>{0}).train.rows.empty());
  CHECK(thin_training({none, {}}, 1, [](Label, Index n) { return n; }).train.rows.empty());
}

TEST_CASE("thinning keeps as many as asked, other rows for another seed, and all of the validation split") {
  const std::vector<Label> train = random_labels(1, 900, 7), validation = random_labels(2, 300, 7);
  const SplitLabels in{train, validation};
  const auto half = [](Label, Index n) { return n / 2; };
  const Benchmark a = thin_training(in, 1, half), b = thin_training(in, 2, half);
  CHECK(is_sound(a, in));
  const auto before = train_counts(in);
  const auto after = counts_of(a.train, 7);
  for (std::size_t c = 0; c < 7; ++c) CHECK(after[c] == before[static_cast<Index>(c)] / 2);
  CHECK(a.train.rows != b.train.rows);
  CHECK(a.train.rows == thin_training(in, 1, half).train.rows);
  CHECK(counts_of(a.validation, 7) == counts_of(validation, 7));
}

TEST_CASE("a label costs no memory by its size: the largest there is, in every constructor") {
  const Label huge = std::numeric_limits<Label>::max();
  const std::vector<Label> train{0, huge - 1, 1, huge - 1, huge, -1}, validation{huge, 1};
  const SplitLabels in{train, validation};
  CHECK(train_counts(in).labels == std::vector<Label>{0, 1, huge - 1, huge});
  CHECK(train_counts(in)[huge - 1] == 2);
  CHECK(train_counts(in)[huge - 2] == 0);
  const Benchmark picked = select_classes(in, std::vector<Label>{huge, 1, 7});
  CHECK(picked.classes == std::vector<Label>{1, huge});
  CHECK(picked.train.rows == std::vector<Index>{2, 4});
  CHECK(halve_odd(in, 1).train.labels.size() == 5);
  CHECK(long_tail(in, 2, 1).classes == std::vector<Label>{0, 1, huge - 1, huge});
  CHECK(middle_classes(train_counts(in), 50).size() == 4);
  CHECK(random_classes(train_counts(in), 4, 1).back() == huge);
  CHECK(relabeled(in, in).classes == std::vector<Label>{1, huge});
  CHECK_THROWS_WITH_AS((void)map_labels(in, std::vector<Label>(3)),
                       "map_labels: label 2147483647 must be below 3", error);
}

TEST_CASE("counts by label, given sparse or dense, are the same") {
  const LabelCounts dense(std::vector<Index>{2, 0, 3});
  CHECK(dense.labels == std::vector<Label>{0, 2});
  CHECK(dense.counts == std::vector<Index>{2, 3});
  const LabelCounts counted = label_counts(std::vector<Label>{2, 0, 2, -1, 0, 2});
  CHECK(counted.labels == dense.labels);
  CHECK(counted.counts == dense.counts);
  CHECK(label_counts({}).empty());
}
