// Ancestors, siblings, leaves and distances in a label hierarchy.
#pragma once

#include <shoal/hierarchy/tree.hpp>

namespace shoal {

/// Which edges lead from a node to those above it.
enum class Along {
  tree,  ///< that to its primary parent
  dag    ///< those to all of its parents
};

/// The path from the root of i down to i along the tree, both included. O(depth).
[[nodiscard]] inline std::vector<Node> path_from_root(const Hierarchy& h, Node i) {
  std::vector<Node> path(static_cast<std::size_t>(h.depth(i)) + 1);
  for (std::size_t step = path.size(); step-- > 0; i = h.parent(i)) path[step] = i;
  return path;
}

/// The ancestor of i that has depth d in the tree, or i itself if its depth is at most d. O(depth).
[[nodiscard]] inline Node ancestor_at(const Hierarchy& h, Node i, int d) {
  while (h.depth(i) > d) i = h.parent(i);
  return i;
}

/// The deepest node that covers both a and b in the tree, or no_node if they have different roots. O(depth).
[[nodiscard]] inline Node lowest_common_ancestor(const Hierarchy& h, Node a, Node b) {
  while (a != no_node && !h.covers(a, b)) a = h.parent(a);
  return a;
}

/// The number of steps along the tree between a and b, or −1 if they have different roots. O(depth).
[[nodiscard]] inline int tree_distance(const Hierarchy& h, Node a, Node b) {
  const Node top = lowest_common_ancestor(h, a, b);
  return top == no_node ? -1 : h.depth(a) + h.depth(b) - 2 * h.depth(top);
}

/// The other nodes with the same primary parent, ascending; none for a root. O(children of that parent).
[[nodiscard]] inline std::vector<Node> siblings(const Hierarchy& h, Node i) {
  std::vector<Node> found;
  if (h.parent(i) == no_node) return found;
  for (const Node k : h.children(h.parent(i)))
    if (k != i && h.parent(k) == h.parent(i)) found.push_back(k);
  return found;
}

/// The nodes without children, ascending.
[[nodiscard]] inline std::vector<Node> leaves(const Hierarchy& h) {
  std::vector<Node> found;
  for (Node i = 0; i < h.size(); ++i)
    if (h.is_leaf(i)) found.push_back(i);
  return found;
}

namespace relations_impl {
template <class Next> std::vector<Node> reach(const Hierarchy& h, Node i, Next next) {
  std::vector<bool> seen(static_cast<std::size_t>(h.size()));
  std::vector<Node> found{i};
  for (std::size_t k = 0; k < found.size(); ++k)
    for (const Node n : next(found[k]))
      if (!seen[static_cast<std::size_t>(n)]) {
        seen[static_cast<std::size_t>(n)] = true;
        found.push_back(n);
      }
  found.erase(found.begin());
  std::sort(found.begin(), found.end());
  return found;
}
}  // namespace relations_impl

/// The ancestors of i without i: along the tree, nearest first, in O(depth); or by any path of the DAG,
/// ascending, in O(nodes + edges reached).
[[nodiscard]] inline std::vector<Node> ancestors(const Hierarchy& h, Node i, Along along = Along::tree) {
  if (along == Along::dag) return relations_impl::reach(h, i, [&](Node k) { return h.parents(k); });
  std::vector<Node> path = path_from_root(h, i);
  path.pop_back();
  std::reverse(path.begin(), path.end());
  return path;
}

/// The descendants of i by any path of the DAG, ascending, without i. Those of the tree are h.subtree(i).
/// O(nodes + edges reached).
[[nodiscard]] inline std::vector<Node> all_descendants(const Hierarchy& h, Node i) {
  return relations_impl::reach(h, i, [&](Node k) { return h.children(k); });
}

}  // namespace shoal
