#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/metrics/rows_by_label.hpp>

using namespace shoal;

TEST_CASE("one cluster, none, and as many as rows part nothing") {
  const Cpu cpu({.threads = 1});
  CHECK(is_separable(std::vector<Label>{0, 1, 1}, cpu));
  CHECK(!is_separable(std::vector<Label>{}, cpu));
  CHECK(!is_separable(std::vector<Label>{4, 4, 4}, cpu));
  CHECK(!is_separable(std::vector<Label>{0, 1, 2}, cpu));
  CHECK(!is_separable(std::vector<Label>{0, 0, -1}, cpu, -1));
  CHECK(!is_separable(std::vector<Label>{0, 1, -1}, cpu, -1));
}

TEST_CASE("rows stand under their label, ascending, and those without one under none") {
  const std::vector<std::int64_t> labels{7, -3, 7, 9, -3, 7, 1};
  const Cpu cpu({.threads = 2});
  const auto list = [](const Lists<Index>& rows, Index c) {
    return std::vector<Index>(rows[c].begin(), rows[c].end());
  };
  const Lists<Index> all = rows_by_label(labels, cpu);
  REQUIRE(all.size() == 4);
  CHECK(list(all, 0) == std::vector<Index>{1, 4});
  CHECK(list(all, 1) == std::vector<Index>{6});
  CHECK(list(all, 2) == std::vector<Index>{0, 2, 5});
  CHECK(list(all, 3) == std::vector<Index>{3});
  const Lists<Index> some = rows_by_label(labels, cpu, -3);
  REQUIRE(some.size() == 3);
  CHECK(list(some, 1) == std::vector<Index>{0, 2, 5});
  CHECK(rows_by_label(std::vector<Label>{}, cpu).size() == 0);
}
