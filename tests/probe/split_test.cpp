#include <map>

#include <doctest/doctest.h>

#include <shoal/probe/split.hpp>

using namespace shoal;

TEST_CASE("stratified_split: every row once, every class its rounded share, never a whole class") {
  std::vector<Label> labels;
  for (Label c = 0; c < 12; ++c)
    for (Label i = 0; i <= c * c; ++i) labels.push_back(c);  // 1, 2, 5, … 122 samples
  labels.push_back(-1);
  for (const double share : {0., 0.1, 0.5, 0.99}) {
    const StratifiedSplit split = stratified_split(labels, share, 3);
    std::vector<int> seen(labels.size());
    std::map<Label, Index> held;
    for (const Index i : split.training) ++seen[static_cast<std::size_t>(i)];
    for (const Index i : split.validation) {
      ++seen[static_cast<std::size_t>(i)];
      ++held[labels[static_cast<std::size_t>(i)]];
    }
    CHECK(seen.back() == 0);
    CHECK(std::count(seen.begin(), seen.end(), 1) == std::ssize(labels) - 1);
    CHECK(std::is_sorted(split.training.begin(), split.training.end()));
    CHECK(std::is_sorted(split.validation.begin(), split.validation.end()));
    for (Label c = 0; c < 12; ++c) {
      const double size = c * c + 1;
      CHECK(static_cast<double>(held[c]) == std::min(std::floor(share * size + 0.5), size - 1));
    }
  }
}

TEST_CASE("stratified_split: a pure function of the seed, each row as likely as another") {
  const std::vector<Label> labels(100, 0);
  CHECK(stratified_split(labels, 0.2, 1).validation == stratified_split(labels, 0.2, 1).validation);
  CHECK(stratified_split(labels, 0.2, 1).validation != stratified_split(labels, 0.2, 2).validation);
  std::vector<int> held(100);
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    for (const Index i : stratified_split(labels, 0.2, seed).validation) ++held[static_cast<std::size_t>(i)];
  for (const int times : held) CHECK_UNARY(times > 140 && times < 260);  // 200 ± 5 standard deviations
  CHECK(stratified_split({}, 0.2, 0).training.empty());
  CHECK_THROWS_AS(stratified_split(labels, 1., 0), error);
  CHECK_THROWS_AS(stratified_split(labels, -0.1, 0), error);
}
