#include <doctest/doctest.h>

#include <shoal/core/lists.hpp>

using namespace shoal;

TEST_CASE(
    "lists keep what was appended; grouping gathers positions by key, ascending, without negative keys") {
  Lists<int> lists;
  CHECK(lists.size() == 0);
  lists.append(std::vector<int>{4, 5});
  lists.append({});
  lists.values.push_back(6);
  lists.close();
  CHECK(lists.size() == 3);
  CHECK(lists[0][1] == 5);
  CHECK(lists[1].empty());
  CHECK(lists[2][0] == 6);

  const std::vector<Label> keys{2, 0, -1, 2, 0, 2};
  const Lists<Index> grouped = group_by<Index>(std::span<const Label>(keys), 4);
  CHECK(grouped.size() == 4);
  CHECK(std::vector<Index>(grouped[0].begin(), grouped[0].end()) == std::vector<Index>{1, 4});
  CHECK(grouped[1].empty());
  CHECK(std::vector<Index>(grouped[2].begin(), grouped[2].end()) == std::vector<Index>{0, 3, 5});
  CHECK(grouped[3].empty());
  CHECK(group_by<Index>(std::span<const Label>{}, 0).size() == 0);
  const std::vector<Label> of_pairs{2, 0, 0, 2, -1, 2};  // three items with two keys each
  const Lists<Label> each = group_by<Label>(std::span<const Label>(of_pairs), 3, 2);
  CHECK(std::vector<Label>(each[0].begin(), each[0].end()) == std::vector<Label>{0, 1});
  CHECK(each[1].empty());
  CHECK(std::vector<Label>(each[2].begin(), each[2].end()) == std::vector<Label>{0, 1, 2});
}
