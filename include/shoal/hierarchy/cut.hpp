// Cuts: coarser classes made of a hierarchy's own nodes. A cut assigns each node to itself or to one of its
// ancestors.
#pragma once

#include <shoal/hierarchy/relations.hpp>

namespace shoal {

/// For each node, the node that represents it: itself or an ancestor, or no_node if the cut excludes it.
using Cut = std::vector<Node>;

/// The number of samples of each of `nodes` nodes. Throws invalid_argument for labels outside [0, nodes).
[[nodiscard]] inline std::vector<Index> count_samples(std::span<const Label> labels, Index nodes) {
  std::vector<Index> counts(static_cast<std::size_t>(nodes));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    check(labels[i] >= 0 && labels[i] < nodes, Errc::invalid_argument, "count_samples: labels[", i, "] (",
          labels[i], ") must be in [0, ", nodes, ")");
    ++counts[static_cast<std::size_t>(labels[i])];
  }
  return counts;
}

/// The number of samples in the subtree of each node, the node included. O(nodes).
[[nodiscard]] inline std::vector<Index> subtree_samples(const Hierarchy& h, std::span<const Index> samples) {
  check(static_cast<Index>(samples.size()) == h.size(), Errc::invalid_argument, "subtree_samples: samples (",
        samples.size(), ") must have one count a node (", h.size(), ")");
  std::vector<Index> below(samples.begin(), samples.end());
  for (std::size_t k = below.size(); k-- > 0;) {
    const Node i = h.preorder()[k], parent = h.parent(i);
    if (parent != no_node) below[static_cast<std::size_t>(parent)] += below[static_cast<std::size_t>(i)];
  }
  return below;
}

/// Assigns nodes deeper than d to their ancestor of depth d; the others represent themselves. Throws
/// invalid_argument for d < 0.
[[nodiscard]] inline Cut cut_to_depth(const Hierarchy& h, int d) {
  check(d >= 0, Errc::invalid_argument, "cut_to_depth: d (", d, ") must be at least 0");
  Cut cut(static_cast<std::size_t>(h.size()));
  for (const Node i : h.preorder())
    cut[static_cast<std::size_t>(i)] = h.depth(i) <= d ? i : cut[static_cast<std::size_t>(h.parent(i))];
  return cut;
}

/// Whether a node with enough samples may represent itself (self_or_above), or only its descendants (above).
enum class Reach { self_or_above, above };

/// Assigns each node to the deepest among itself (if `reach` allows it) and its ancestors whose subtree holds
/// at least `minimum` samples, or to its root if there is none. `samples` [nodes] counts those of each node
/// itself. O(nodes).
[[nodiscard]] inline Cut cut_by_support(const Hierarchy& h, std::span<const Index> samples, Index minimum,
                                        Reach reach = Reach::self_or_above) {
  const std::vector<Index> below = subtree_samples(h, samples);
  Cut supported(below.size());
  for (const Node i : h.preorder()) {
    const auto k = static_cast<std::size_t>(i);
    const bool enough = below[k] >= minimum || h.parent(i) == no_node;
    supported[k] = enough ? i : supported[static_cast<std::size_t>(h.parent(i))];
  }
  if (reach == Reach::self_or_above) return supported;
  Cut cut(supported.size());
  for (Node i = 0; i < h.size(); ++i)
    cut[static_cast<std::size_t>(i)] =
        h.parent(i) == no_node ? i : supported[static_cast<std::size_t>(h.parent(i))];
  return cut;
}

/// Assigns each node to the nearest among itself and its ancestors that is listed in `kept`, or to no_node if
/// there is none.
[[nodiscard]] inline Cut cut_to_list(const Hierarchy& h, std::span<const Node> kept) {
  Cut cut(static_cast<std::size_t>(h.size()), no_node);
  for (const Node i : kept) {
    check(i >= 0 && i < h.size(), Errc::invalid_argument, "cut_to_list: kept (", i, ") must be in [0, ",
          h.size(), ")");
    cut[static_cast<std::size_t>(i)] = i;
  }
  for (const Node i : h.preorder())
    if (cut[static_cast<std::size_t>(i)] == no_node && h.parent(i) != no_node)
      cut[static_cast<std::size_t>(i)] = cut[static_cast<std::size_t>(h.parent(i))];
  return cut;
}

/// Leaves represent themselves; all other nodes are excluded.
[[nodiscard]] inline Cut cut_to_leaves(const Hierarchy& h) {
  Cut cut(static_cast<std::size_t>(h.size()), no_node);
  for (const Node i : leaves(h)) cut[static_cast<std::size_t>(i)] = i;
  return cut;
}

/// Labels renumbered from 0 without gaps, and the node that each stands for.
struct Compact {
  std::vector<Label> labels;  ///< [n] indices into classes
  std::vector<Node> classes;  ///< the distinct nodes, ascending
};

/// Renumbers the distinct values in ascending order. O(n log n).
[[nodiscard]] inline Compact compact(std::span<const Node> values) {
  Compact result;
  result.classes.assign(values.begin(), values.end());
  std::sort(result.classes.begin(), result.classes.end());
  result.classes.erase(std::unique(result.classes.begin(), result.classes.end()), result.classes.end());
  result.labels.reserve(values.size());
  for (const Node value : values) {
    const auto found = std::lower_bound(result.classes.begin(), result.classes.end(), value);
    result.labels.push_back(static_cast<Label>(found - result.classes.begin()));
  }
  return result;
}

}  // namespace shoal
