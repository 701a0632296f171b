#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/ordered.hpp>

using namespace shoal;

TEST_CASE("numbers in the order of what they stand for, equal ones ascending") {
  const std::vector<int> values{3, 1, 2, 1, 3, 0};
  const auto less = [&](std::size_t a, std::size_t b) { return values[a] < values[b]; };
  CHECK(ordered(values.size(), less) == std::vector<std::size_t>{5, 1, 3, 2, 0, 4});
  CHECK(ordered(0, less).empty());
  CHECK(ordered(1, less) == std::vector<std::size_t>{0});
}

TEST_CASE("a long list is a permutation of its numbers") {
  std::vector<std::size_t> values(10'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i * 7919 % 101;
  std::vector<std::size_t> order =
      ordered(values.size(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t k = 1; k < order.size(); ++k)
    CHECK_UNARY(values[order[k - 1]] < values[order[k]] ||
                (values[order[k - 1]] == values[order[k]] && order[k - 1] < order[k]));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) CHECK_UNARY(order[i] == i);
}
