// Coarser or finer classes by means of a hierarchy (the paper, section 4.2).
#pragma once

#include <shoal/dataset/frequency.hpp>

namespace shoal {

/// Relabels each sample with the node that represents its class in the cut: cut_to_depth (the paper's coarse
/// d, which drops no sample), cut_by_support, cut_to_classes, or any other. Classes that the cut excludes are
/// dropped. `class_nodes[label]` is the label's node in the hierarchy of the cut. The classes of the
/// benchmark are nodes.
[[nodiscard]] inline Benchmark coarsen(SplitLabels in, const Cut& cut, std::span<const Node> class_nodes) {
  std::vector<Label> value;
  for (const Node i : class_nodes) {
    check(i >= 0 && i < static_cast<Node>(cut.size()), Errc::invalid_argument, "coarsen: class_nodes (", i,
          ") must be in [0, ", cut.size(), "), the nodes of the cut");
    value.push_back(cut[static_cast<std::size_t>(i)]);
  }
  return map_labels(in, value);
}

namespace granularity_impl {
inline bool has_hyponyms(const Hierarchy& h, Node i) {
  const auto children = h.children(i);
  return std::any_of(children.begin(), children.end(), [&](Node child) { return !h.is_instance(child); });
}
}  // namespace granularity_impl

/// The labels whose node has no hyponyms: "WordNet leaf" in the whole hierarchy, "ImageNet21K leaf" in that
/// of the classes alone (restrict_to), where a class has children only if they are classes. Instances are
/// neither hyponyms nor leaves: skyscraper, of which WordNet has instances alone, is a leaf, and Sun is none.
/// So the paper's 10,450 classes have its 7,353 leaves.
[[nodiscard]] inline std::vector<Label> leaf_classes(const Hierarchy& h, std::span<const Node> class_nodes) {
  std::vector<Label> classes;
  for (std::size_t c = 0; c < class_nodes.size(); ++c)
    if (!h.is_instance(class_nodes[c]) && !granularity_impl::has_hyponyms(h, class_nodes[c]))
      classes.push_back(static_cast<Label>(c));
  return classes;
}

/// Replaces the labels by refined ones (relabel), as in the paper's Leaf HZR and p-HZR. Classes without
/// samples in the training split or, if there is one, in the validation split are dropped from both (the
/// paper, C.1). `refined` has the shape of `in`; samples without a label in either are left out.
[[nodiscard]] inline Benchmark relabeled(SplitLabels in, SplitLabels refined) {
  check(in.train.size() == refined.train.size() && in.validation.size() == refined.validation.size(),
        Errc::invalid_argument, "relabeled: refined (", refined.train.size(), " and ",
        refined.validation.size(), ") must have as many labels as there are samples (", in.train.size(),
        " and ", in.validation.size(), ")");
  const auto labelled = [](std::span<const Label> before, std::span<const Label> after) {
    std::vector<Label> labels(after.begin(), after.end());
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (before[i] < 0) labels[i] = -1;
    return labels;
  };
  const std::vector<Label> train = labelled(in.train, refined.train),
                           validation = labelled(in.validation, refined.validation);
  const SplitLabels out{train, validation};
  std::vector<Label> classes = label_counts(train).labels;
  if (!validation.empty()) classes = intersection_of(classes, label_counts(validation).labels);
  return select_classes(out, classes);
}

}  // namespace shoal
