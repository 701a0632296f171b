#include "animals.hpp"
#include "random_tree.hpp"

#include <doctest/doctest.h>

#include <shoal/hierarchy/candidates.hpp>

using namespace shoal;

namespace {
std::vector<Label> set_of(const Candidates& c, std::size_t label) {
  const auto set = c.sets[c.set_of_label[label]];
  return {set.begin(), set.end()};
}
}  // namespace

TEST_CASE("candidate sets by hand") {
  const Hierarchy h = animals();
  const std::vector<Node> classes{0, 1, 2, 3, 4, 5};
  CHECK(set_of(every_class(3), 2) == std::vector<Label>{0, 1, 2});
  const Candidates level = same_level(h, classes);
  CHECK(set_of(level, 0) == std::vector<Label>{0});
  CHECK(set_of(level, 1) == std::vector<Label>{1, 5});
  CHECK(set_of(level, 3) == std::vector<Label>{2, 3});
  const Candidates kin = siblings_or_level(h, classes);
  CHECK(set_of(kin, 2) == std::vector<Label>{2, 3});
  CHECK(set_of(kin, 5) == std::vector<Label>{1, 5});
  CHECK(set_of(kin, 4) == std::vector<Label>{4});  // no sibling, and alone at its level
  CHECK(set_of(kin, 0) == std::vector<Label>{0});
  const Candidates below = hyponyms(h);
  CHECK(set_of(below, 0) == std::vector<Label>{1, 5});
  CHECK(set_of(below, 4) == std::vector<Label>{4});
}

TEST_CASE(
    "classes that are some of the nodes: labels count classes; the level stands in where no sibling is a "
    "class") {
  const Candidates kin = siblings_or_level(animals(), std::vector<Node>{4, 3, 2, 5});
  CHECK(set_of(kin, 1) == std::vector<Label>{1, 2});
  CHECK(set_of(kin, 2) == std::vector<Label>{1, 2});
  CHECK(set_of(kin, 0) == std::vector<Label>{0});
  CHECK(set_of(kin, 3) == std::vector<Label>{3});  // animal is no class here
  const Candidates roots = siblings_or_level(random_hierarchy(1, 9, 9), std::vector<Node>{0, 1, 2});
  CHECK(set_of(roots, 1) == std::vector<Label>{0, 1, 2});
}

TEST_CASE("random hierarchies: every label competes for its own samples") {
  const Hierarchy h = random_hierarchy(5, 90, 3);
  std::vector<Node> classes;
  for (Node i = 0; i < 90; i += 2) classes.push_back(i);
  for (const Candidates& c : {same_level(h, classes), siblings_or_level(h, classes)})
    for (std::size_t l = 0; l < classes.size(); ++l) {
      const auto set = set_of(c, l);
      CHECK(std::is_sorted(set.begin(), set.end()));
      CHECK(std::binary_search(set.begin(), set.end(), static_cast<Label>(l)));
    }
}
