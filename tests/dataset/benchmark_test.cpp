#include "splits.hpp"

#include <doctest/doctest.h>

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
  const auto before = train_counts(in), after = counts_of(a.train, 7);
  for (std::size_t c = 0; c < 7; ++c) CHECK(after[c] == before[c] / 2);
  CHECK(a.train.rows != b.train.rows);
  CHECK(a.train.rows == thin_training(in, 1, half).train.rows);
  CHECK(counts_of(a.validation, 7) == label_counts(validation, 6));
}
