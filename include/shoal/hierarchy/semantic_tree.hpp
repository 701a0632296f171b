// The semantic tree released with "ImageNet-21K pretraining for the masses" (Ridnik et al., 2021), in which
// each class is a node.
#pragma once

#include <shoal/hierarchy/read.hpp>

namespace shoal {

/// The hierarchy of the released tree: `ids[i]` and `names[i]` are those of class i (class_list,
/// class_description), and `paths[i]` (class_tree_list) holds the classes from i itself up to its root,
/// nearest first. Nodes are classes, so that a label is its node; it is a forest. `file` is what messages
/// name. Throws bad_file for lists of different lengths, a path that does not start at its class, a class out
/// of range, and a path that is not the class and then its parent's path. O(sum of the paths).
[[nodiscard]] inline Hierarchy semantic_tree(const std::vector<std::string>& ids,
                                             const std::vector<std::string>& names, const Lists<Index>& paths,
                                             std::string_view file, Primary primary = Primary::first) {
  const auto classes = static_cast<Index>(ids.size());
  check(paths.size() == classes && std::ssize(names) == classes, Errc::bad_file, file, ": class_list (",
        classes, " classes), class_description (", names.size(), ") and class_tree_list (", paths.size(),
        ") must be of one length");
  std::vector<HierarchyEntry> entries;
  for (Index i = 0; i < classes; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::span<const Index> path = paths[i];
    const auto expect = [&](bool ok, const auto&... why) {
      check(ok, Errc::bad_file, file, ": class_tree_list[", i, "]: ", why...);
    };
    expect(!path.empty() && path[0] == i, "the path of ", ids[at], " must start with ", i);
    for (const Index above : path)
      expect(above >= 0 && above < classes, "class ", above, " must be in [0, ", classes, ")");
    HierarchyEntry entry{ids[at], {}, names[at], i};
    if (path.size() > 1) {
      const std::span<const Index> of_parent = paths[path[1]];
      expect(std::equal(path.begin() + 1, path.end(), of_parent.begin(), of_parent.end()), "after ", i,
             " it must go on as that of class ", path[1]);
      entry.parents.push_back(ids[static_cast<std::size_t>(path[1])]);
    }
    entries.push_back(std::move(entry));
  }
  return build_hierarchy(std::move(entries), file, {.primary = primary, .several_roots = true});
}

}  // namespace shoal
