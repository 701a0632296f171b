// A cut of the tree into at most K classes that makes the largest class as small as possible.
#pragma once

#include <shoal/core/ordered.hpp>
#include <shoal/hierarchy/cut.hpp>

namespace shoal {

namespace balanced_cut_impl {
/// Marks in `chosen` the fewest nodes that partition the tree into classes of at most `bound` samples (a
/// single node with more samples is a class of its own). Nodes are visited bottom up, and a node whose
/// remaining subtree is too large splits off its heaviest children first, which is optimal (Kundu and Misra,
/// "A linear tree partitioning algorithm", SIAM J. Comput. 6, 1977). Returns the number of classes that hold
/// samples. O(nodes log children).
inline Index part(const Hierarchy& h, std::span<const Index> samples, Index bound,
                  std::vector<bool>& chosen) {
  chosen.assign(samples.size(), false);
  std::vector<Index> rest(samples.size());
  std::vector<Node> below;
  Index classes = 0;
  const auto rest_of = [&](Node i) -> Index& { return rest[static_cast<std::size_t>(i)]; };
  const auto heavier = [&](std::size_t a, std::size_t b) { return rest_of(below[a]) > rest_of(below[b]); };
  for (std::size_t step = samples.size(); step-- > 0;) {
    const Node i = h.preorder()[step];
    below.clear();
    const Index own = samples[static_cast<std::size_t>(i)], most = std::max(bound, own);
    Index total = own;
    for (const Node child : h.children(i))
      if (h.parent(child) == i) {
        below.push_back(child);
        total += rest_of(child);
      }
    if (total > most)
      for (const std::size_t k : ordered(below.size(), heavier)) {
        chosen[static_cast<std::size_t>(below[k])] = true;
        total -= rest_of(below[k]);
        ++classes;
        if (total <= most) break;
      }
    rest_of(i) = total;
  }
  for (const Node root : h.roots()) {
    chosen[static_cast<std::size_t>(root)] = true;
    classes += rest_of(root) > 0;
  }
  return classes;
}
}  // namespace balanced_cut_impl

/// A cut into at most K classes with samples, in which the largest class is as small as possible. Each node
/// is assigned to its nearest chosen ancestor or itself. The samples of one node are never divided; if such a
/// node alone is the largest class, the largest of the other classes is minimised. Roots are never merged:
/// throws invalid_argument if more than K of them hold samples. O(nodes log nodes log samples).
[[nodiscard]] inline Cut cut_to_classes(const Hierarchy& h, std::span<const Index> samples, Index K) {
  const std::vector<Index> below = subtree_samples(h, samples);
  Index low = 0, high = 0, filled = 0;
  for (const Node root : h.roots()) {
    high = std::max(high, below[static_cast<std::size_t>(root)]);
    filled += below[static_cast<std::size_t>(root)] > 0;
  }
  check(K >= 1 && filled <= K, Errc::invalid_argument, "cut_to_classes: K (", K,
        ") must be at least 1 and at least the number of roots with samples (", filled, ")");
  std::vector<bool> chosen;
  while (low < high) {
    const Index middle = low + (high - low) / 2;
    if (balanced_cut_impl::part(h, samples, middle, chosen) <= K)
      high = middle;
    else
      low = middle + 1;
  }
  balanced_cut_impl::part(h, samples, low, chosen);
  std::vector<Node> kept;
  for (Node i = 0; i < h.size(); ++i)
    if (chosen[static_cast<std::size_t>(i)]) kept.push_back(i);
  return cut_to_list(h, kept);
}

}  // namespace shoal
