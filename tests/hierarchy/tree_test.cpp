#include "random_tree.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/hierarchy/relations.hpp>

using namespace shoal;

namespace {

/// 0 entity; 1 animal < 0; 2 pet < 0; 3 dog < 1, 2; 4 cat < 1; 5 pug < 3; 6 stone < 0
Hierarchy small(Primary primary = Primary::first) {
  Lists<Node> parents;
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {1, 2}, {1}, {3}, {0}}) parents.append(p);
  return Hierarchy({"0", "1", "2", "3", "4", "5", "6"},
                   {"entity", "animal", "pet", "dog", "cat", "pug", "stone"}, parents, primary);
}

std::vector<Node> nodes_of(std::span<const Node> nodes) { return {nodes.begin(), nodes.end()}; }

Hierarchy chain_of(const std::vector<std::vector<Node>>& above, Primary primary = Primary::first) {
  std::vector<std::string> ids;
  Lists<Node> parents;
  for (const auto& p : above) {
    ids.push_back("x" + std::to_string(ids.size()));
    parents.append(p);
  }
  return Hierarchy(ids, ids, parents, primary);
}

}  // namespace

TEST_CASE("a small hierarchy, by hand") {
  const Hierarchy h = small();
  CHECK(h.size() == 7);
  CHECK(nodes_of(h.roots()) == std::vector<Node>{0});
  CHECK(nodes_of(h.children(0)) == std::vector<Node>{1, 2, 6});
  CHECK(nodes_of(h.children(2)) == std::vector<Node>{3});
  CHECK(nodes_of(h.parents(3)) == std::vector<Node>{1, 2});
  CHECK(h.parent(3) == 1);
  CHECK(h.parent(0) == no_node);
  CHECK(h.depth(5) == 3);
  CHECK(nodes_of(h.preorder()) == std::vector<Node>{0, 1, 3, 5, 4, 2, 6});
  CHECK(nodes_of(h.subtree(1)) == std::vector<Node>{1, 3, 5, 4});
  CHECK(nodes_of(h.subtree(2)) == std::vector<Node>{2});
  CHECK(path_from_root(h, 5) == std::vector<Node>{0, 1, 3, 5});
  CHECK(ancestors(h, 5) == std::vector<Node>{3, 1, 0});
  CHECK(ancestors(h, 0).empty());
  CHECK(ancestor_at(h, 5, 1) == 1);
  CHECK(ancestor_at(h, 6, 3) == 6);
  CHECK(ancestors(h, 5, Along::dag) == std::vector<Node>{0, 1, 2, 3});
  CHECK(all_descendants(h, 2) == std::vector<Node>{3, 5});
  CHECK(siblings(h, 3) == std::vector<Node>{4});
  CHECK(siblings(h, 0).empty());
  CHECK(leaves(h) == std::vector<Node>{4, 5, 6});
  CHECK(lowest_common_ancestor(h, 5, 4) == 1);
  CHECK(lowest_common_ancestor(h, 5, 3) == 3);
  CHECK(lowest_common_ancestor(h, 5, 6) == 0);
  CHECK(tree_distance(h, 5, 4) == 3);
  CHECK(tree_distance(h, 4, 4) == 0);
  CHECK(h.covers(1, 5));
  CHECK_FALSE(h.covers(2, 5));
}

TEST_CASE("the primary parent is a policy") {
  const std::vector<std::vector<Node>> above{{}, {0}, {1}, {2, 0, 1}};
  const Hierarchy first = chain_of(above);
  CHECK(first.parent(3) == 2);
  CHECK(first.depth(3) == 3);
  const Hierarchy shallow = chain_of(above, Primary::shallowest);
  CHECK(shallow.parent(3) == 0);
  CHECK(shallow.depth(3) == 1);
  CHECK(chain_of({{}, {0}, {1}, {0, 2, 1}}, Primary::deepest).parent(3) == 2);
  for (const Hierarchy* h : {&first, &shallow}) {
    CHECK(h->min_depth(3) == 1);
    CHECK(h->max_depth(3) == 3);
  }
}

TEST_CASE("ids are found in any spelling of a WordNet offset, and exactly otherwise") {
  Lists<Node> parents;
  for (int i = 0; i < 3; ++i) parents.append({});
  const Hierarchy h({"n01440764", "00001740", "dog.n.01"}, {"tench", "entity", "dog"}, parents);
  for (const char* id : {"n01440764", "01440764", "1440764"}) CHECK(h.find(id) == 0);
  for (const char* id : {"n00001740", "00001740", "1740", "n1740"}) CHECK(h.find(id) == 1);
  CHECK(h.find("dog.n.01") == 2);
  for (const char* id : {"", "n", "1441", "cat.n.01", "014407640", "N01440764"}) CHECK(h.find(id) == no_node);
  CHECK(h.id(0) == "n01440764");
}

TEST_CASE("no nodes, one node, many roots") {
  CHECK(Hierarchy().size() == 0);
  CHECK(Hierarchy().find("x") == no_node);
  const Hierarchy one = chain_of({{}});
  CHECK(one.depth(0) == 0);
  CHECK(one.is_leaf(0));
  CHECK(nodes_of(one.subtree(0)) == std::vector<Node>{0});
  const Hierarchy forest = chain_of({{}, {}, {1}});
  CHECK(forest.roots().size() == 2);
  CHECK(lowest_common_ancestor(forest, 0, 2) == no_node);
  CHECK(tree_distance(forest, 0, 2) == -1);
}

TEST_CASE("what is no hierarchy is refused, by node and reason") {
  CHECK_THROWS_WITH_AS(chain_of({{}, {2}, {3}, {1}}), "node x1: a cycle of parents: x1 < x2 < x3 < x1",
                       error);
  CHECK_THROWS_WITH_AS(chain_of({{1}, {0}}), "node x0: a cycle of parents: x0 < x1 < x0", error);
  CHECK_THROWS_WITH_AS(chain_of({{}, {1}}), "node x1: node x1 is its own parent", error);
  CHECK_THROWS_WITH_AS(chain_of({{}, {0, 0}}), "node x1: node x1 lists parent x0 twice", error);
  CHECK_THROWS_WITH_AS(chain_of({{}, {7}}), "node x1: parent 7 must be a node number below 2", error);
  Lists<Node> parents;
  parents.append({});
  parents.append({});
  CHECK_THROWS_AS(Hierarchy({"1740", "n00001740"}, {"a", "b"}, parents), error);
  CHECK_THROWS_AS(Hierarchy({"1740"}, {"a"}, parents), error);
}

TEST_CASE("random hierarchies: every query agrees with its definition") {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const Hierarchy h = random_hierarchy(seed, 80, seed % 2 == 0 ? 3 : 1);
    CHECK(h.preorder().size() == 80);
    for (Node i = 0; i < h.size(); ++i) {
      std::set<Node> up;
      for (Node k = h.parent(i); k != no_node; k = h.parent(k)) up.insert(k);
      CHECK(h.depth(i) == static_cast<int>(up.size()));
      CHECK(h.min_depth(i) <= h.depth(i));
      CHECK(h.depth(i) <= h.max_depth(i));
      const auto above = ancestors(h, i, Along::dag);
      CHECK(std::includes(above.begin(), above.end(), up.begin(), up.end()));
      std::vector<Node> below;
      for (Node k = 0; k < h.size(); ++k) {
        const auto path = path_from_root(h, k);
        const bool covered = std::find(path.begin(), path.end(), i) != path.end();
        CHECK(h.covers(i, k) == covered);
        if (covered) below.push_back(k);
        const auto others = all_descendants(h, k);
        CHECK(std::binary_search(others.begin(), others.end(), i) ==
              std::binary_search(above.begin(), above.end(), k));
        const Node top = lowest_common_ancestor(h, i, k);
        CHECK(top == lowest_common_ancestor(h, k, i));
        if (top != no_node) CHECK((h.covers(top, i) && h.covers(top, k)));
      }
      std::vector<Node> subtree = nodes_of(h.subtree(i));
      std::sort(subtree.begin(), subtree.end());
      CHECK(subtree == below);
      for (const Node s : siblings(h, i)) CHECK((s != i && h.parent(s) == h.parent(i)));
    }
  }
}
