#include "random_tree.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/hierarchy/relations.hpp>

using namespace shoal;

// Small cases by hand are in tree_test.cpp.

TEST_CASE("relations of random hierarchies are those of their definitions") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Node nodes = 60;
    const Hierarchy h = random_hierarchy(seed, nodes, static_cast<Node>(seed));  // up to three roots
    std::vector<std::set<Node>> up(static_cast<std::size_t>(nodes)), every(up);  // along the tree, the DAG
    std::vector<Node> leaf;
    for (Node i = 0; i < nodes; ++i) {
      for (Node k = h.parent(i); k != no_node; k = h.parent(k)) up[static_cast<std::size_t>(i)].insert(k);
      auto& all = every[static_cast<std::size_t>(i)];
      std::vector<Node> todo{i};  // each way up
      while (!todo.empty()) {
        const Node k = todo.back();
        todo.pop_back();
        for (const Node above : h.parents(k)) all.insert(above), todo.push_back(above);
      }
      if (h.children(i).empty()) leaf.push_back(i);
    }
    CHECK(leaves(h) == leaf);
    for (Node i = 0; i < nodes; ++i) {
      const auto& own = up[static_cast<std::size_t>(i)];
      const std::vector<Node> nearest_first = ancestors(h, i);
      CHECK(std::set<Node>(nearest_first.begin(), nearest_first.end()) == own);
      CHECK(std::ssize(nearest_first) == h.depth(i));
      std::vector<Node> path = path_from_root(h, i);
      CHECK(path.back() == i);
      path.pop_back();
      CHECK(std::vector<Node>(path.rbegin(), path.rend()) == nearest_first);
      for (int d = 0; d <= h.depth(i) + 1; ++d)
        CHECK(ancestor_at(h, i, d) ==
              path_from_root(h, i)[static_cast<std::size_t>(std::min(d, h.depth(i)))]);
      const auto& all = every[static_cast<std::size_t>(i)];
      CHECK(ancestors(h, i, Along::dag) == std::vector<Node>(all.begin(), all.end()));

      std::vector<Node> below, beside;
      for (Node k = 0; k < nodes; ++k) {
        if (every[static_cast<std::size_t>(k)].contains(i)) below.push_back(k);
        if (k != i && h.parent(k) == h.parent(i) && h.parent(i) != no_node) beside.push_back(k);
        Node common = no_node;
        for (Node a = i; a != no_node && common == no_node; a = h.parent(a))
          if (a == k || up[static_cast<std::size_t>(k)].contains(a)) common = a;
        REQUIRE(lowest_common_ancestor(h, i, k) == common);
        REQUIRE(lowest_common_ancestor(h, k, i) == common);
        int steps = 0;
        for (Node a = i; a != common; a = h.parent(a)) ++steps;
        for (Node a = k; a != common; a = h.parent(a)) ++steps;
        REQUIRE(tree_distance(h, i, k) == (common == no_node ? -1 : steps));
      }
      CHECK(all_descendants(h, i) == below);
      CHECK(siblings(h, i) == beside);
    }
  }
}
