#include <map>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/class_draws.hpp>

using namespace shoal;

namespace {
using Classes = std::map<Label, std::vector<Index>>;

Classes shuffled(const std::vector<Label>& labels, std::uint64_t seed) {
  Classes found;
  Label last = -1;
  each_class_shuffled(labels, Philox(seed, 0), [&](Label label, std::span<const Index> rows) {
    CHECK(label > last);
    CHECK(!rows.empty());
    last = label;
    found[label] = {rows.begin(), rows.end()};
  });
  return found;
}
}  // namespace

TEST_CASE("each class once, with all of its rows in the order of their words") {
  const std::vector<Label> labels{4, -1, 0, 4, 4, 0, 7, -3};
  const Classes found = shuffled(labels, 5);
  CHECK(found.size() == 3);
  std::vector<int> seen(labels.size());
  const Philox random(5, 0);
  for (const auto& [label, rows] : found)
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto row = static_cast<std::size_t>(rows[k]);
      CHECK(labels[row] == label);
      ++seen[row];
      if (k > 0) CHECK(random.word(static_cast<std::uint64_t>(rows[k - 1])) < random.word(row));
    }
  CHECK(seen == std::vector<int>{1, 0, 1, 1, 1, 1, 1, 0});
}

TEST_CASE("the order of a class does not depend on the others; no labels have none") {
  CHECK(shuffled({1, 1, 1, 1, 1, 0, 0}, 3)[1] == shuffled({1, 1, 1, 1, 1, 2, 5}, 3)[1]);
  CHECK(shuffled(std::vector<Label>(50, 1), 3) == shuffled(std::vector<Label>(50, 1), 3));
  CHECK(shuffled(std::vector<Label>(50, 1), 3) != shuffled(std::vector<Label>(50, 1), 4));
  CHECK(shuffled({}, 1).empty());
  CHECK(shuffled({-1, -2}, 1).empty());
}
