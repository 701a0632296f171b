// The candidate classes of a sample in zero-shot classification: all classes, or those that its label
// restricts it to (paper, B.5).
#pragma once

#include <vector>

#include <shoal/core/dense_labels.hpp>
#include <shoal/hierarchy/relations.hpp>

namespace shoal {

/// Sets of candidate classes, each ascending, and the set that belongs to each label. Labels with equal sets
/// share one list, so that their samples are compared with the prototypes in one product.
struct Candidates {
  Lists<Label> sets;                ///< the candidates of each set
  std::vector<Index> set_of_label;  ///< [labels] the set of each label
};

/// All classes are candidates, whatever the label.
[[nodiscard]] inline Candidates every_class(Index classes) {
  Candidates all;
  for (Label c = 0; c < classes; ++c) all.sets.values.push_back(c);
  all.sets.close();
  all.set_of_label.assign(static_cast<std::size_t>(classes), 0);
  return all;
}

namespace candidates_impl {
/// One set for each distinct key of the classes, in ascending order of the keys.
inline Candidates by_key(const std::vector<int>& keys) {
  const DenseLabels dense = dense_labels(keys);
  Candidates found;
  found.set_of_label.assign(dense.labels.begin(), dense.labels.end());
  found.sets = group_by<Label>(std::span<const Index>(found.set_of_label), dense.clusters());
  return found;
}
}  // namespace candidates_impl

/// The classes on the label's level, that is, of the same depth in the tree. `classes[label]` is the label's
/// node.
[[nodiscard]] inline Candidates same_level(const Hierarchy& h, std::span<const Node> classes) {
  std::vector<int> depths;
  for (const Node i : classes) depths.push_back(h.depth(i));
  return candidates_impl::by_key(depths);
}

/// The label and its siblings, the classes with the same primary parent; if it has no siblings among the
/// classes, the classes on its level. Roots have no siblings.
[[nodiscard]] inline Candidates siblings_or_level(const Hierarchy& h, std::span<const Node> classes) {
  std::vector<Node> parents;
  for (const Node i : classes) parents.push_back(h.parent(i));
  Candidates kin = candidates_impl::by_key(parents);
  const Candidates level = same_level(h, classes);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    Index& set = kin.set_of_label[c];
    if (h.parent(classes[c]) == no_node || kin.sets[set].size() == 1)
      set = kin.sets.size() + level.set_of_label[c];
  }
  // Sets of a single class remain but are unused; the sets of levels follow those of siblings.
  for (Index l = 0; l < level.sets.size(); ++l) kin.sets.append(level.sets[l]);
  return kin;
}

/// The label's hyponyms: its children by any parent, in the hierarchy `h` of the classes alone (restrict_to).
/// The label itself if it is a leaf.
[[nodiscard]] inline Candidates hyponyms(const Hierarchy& h) {
  Candidates below;
  for (Node i = 0; i < h.size(); ++i) {
    below.set_of_label.push_back(i);
    below.sets.append(h.is_leaf(i) ? std::span<const Node>(&i, 1) : h.children(i));
  }
  return below;
}

}  // namespace shoal
