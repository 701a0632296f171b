#include <doctest/doctest.h>

#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/semantic_tree.hpp>

using namespace shoal;

namespace {
const std::vector<std::string> wnids{"n00000003", "n00000001", "n00000002", "n00000009"};

Hierarchy tree_of(const std::vector<std::vector<Index>>& paths) {
  Lists<Index> lists;
  for (const auto& path : paths) lists.append(path);
  return semantic_tree(wnids, {"c", "a", "b", "z"}, lists, "tree.json");
}
std::string complaint_of(const std::vector<std::vector<Index>>& paths) {
  try {
    (void)tree_of(paths);
    return "no error";
  } catch (const error& e) {
    return e.what();
  }
}
}  // namespace

TEST_CASE("the released tree is a forest whose nodes are the classes, in their order") {
  const Hierarchy h = tree_of({{0, 2, 1}, {1}, {2, 1}, {3}});  // n3 < n2 < n1, and n9
  CHECK(h.size() == 4);
  CHECK(std::vector<Node>(h.roots().begin(), h.roots().end()) == std::vector<Node>{1, 3});
  CHECK(h.find("n00000003") == 0);
  CHECK(h.parent(0) == 2);
  CHECK(h.depth(0) == 2);
  CHECK(h.name(0) == "c");
  // The paper counts levels from 1: its d = 1 is our depth 0.
  CHECK(cut_to_depth(h, 0) == Cut{1, 1, 1, 3});
}

TEST_CASE("paths of a released tree that say two things are refused") {
  CHECK(complaint_of({{0}, {1}, {2}}).starts_with("tree.json: class_list (4 classes)"));
  CHECK(complaint_of({{0}, {2}, {2}, {3}}) ==
        "tree.json: class_tree_list[1]: the path of n00000001 must start with 1");
  CHECK(complaint_of({{0}, {}, {2}, {3}}).find("class_tree_list[1]") != std::string::npos);
  CHECK(complaint_of({{0, 7}, {1}, {2}, {3}}) == "tree.json: class_tree_list[0]: class 7 must be in [0, 4)");
  CHECK(complaint_of({{0, 2}, {1}, {2, 1}, {3}}) ==
        "tree.json: class_tree_list[0]: after 0 it must go on as that of class 2");
  CHECK(complaint_of({{0, 1, 0}, {1, 0}, {2}, {3}}).find("class_tree_list[1]") != std::string::npos);
}
