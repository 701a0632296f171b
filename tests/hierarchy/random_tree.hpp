// Random hierarchies for property tests.
#pragma once

#include <shoal/core/random.hpp>
#include <shoal/hierarchy/tree.hpp>

namespace shoal {

/// A DAG of `nodes` nodes of which the first `roots` have no parent; each other node has 1 to `most` parents
/// among the nodes before it. Nodes are then renumbered at random, so that a parent may come after its child.
inline Hierarchy random_hierarchy(std::uint64_t seed, Node nodes, Node roots = 1, int most = 3) {
  const Philox random(seed, 0);
  std::uint64_t draw = 0;
  const auto below = [&](Index bound) { return random.below(bound, draw++); };
  std::vector<Node> number(static_cast<std::size_t>(nodes));
  for (Node i = 0; i < nodes; ++i) number[static_cast<std::size_t>(i)] = i;
  for (Node i = nodes - 1; i > 0; --i)
    std::swap(number[static_cast<std::size_t>(i)], number[static_cast<std::size_t>(below(i + 1))]);
  std::vector<std::vector<Node>> above(number.size());
  for (Node i = roots; i < nodes; ++i) {
    auto& parents = above[static_cast<std::size_t>(number[static_cast<std::size_t>(i)])];
    for (Index k = 1 + below(most); k > 0; --k) {
      const Node p = number[static_cast<std::size_t>(below(i))];
      if (std::find(parents.begin(), parents.end(), p) == parents.end()) parents.push_back(p);
    }
  }
  std::vector<std::string> ids, names;
  Lists<Node> parents;
  for (Node i = 0; i < nodes; ++i) {
    ids.push_back("id" + std::to_string(i));
    names.push_back("name" + std::to_string(i));
    parents.append(above[static_cast<std::size_t>(i)]);
  }
  return Hierarchy(std::move(ids), std::move(names), std::move(parents));
}

}  // namespace shoal
