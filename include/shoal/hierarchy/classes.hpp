// The classes of a data set as nodes of a hierarchy: reading class lists, and restricting a hierarchy to
// them.
#pragma once

#include <utility>

#include <shoal/hierarchy/read.hpp>

namespace shoal {

namespace classes_impl {
/// The id on a line of a class list, of the class that has `number`.
inline std::string_view id_of(const Line& line, Index number) {
  const auto fields = split(line.text, '\t');
  const bool wnid = fields[0].size() == 9 && fields[0][0] == 'n' && canonical_id(fields[0]) != fields[0];
  if (fields.size() == 1 || wnid) return fields[0];
  line.expect(whole_number(line, fields[0], "class number") == number, "class number ", fields[0],
              " must be ", number);
  return fields[1];
}
}  // namespace classes_impl

/// Reads the node of each class from a list: either one id on each line, with a
/// name after a space or a tab (as ImageNet's lists of wnids have it), or a table whose first field counts
/// from 0 and whose second field is the id (further fields are ignored). Ids may have any spelling
/// (canonical_id), also with a leading apostrophe, which spreadsheets need so as not to read a formula.
/// Throws bad_file, naming the line.
[[nodiscard]] inline std::vector<Node> read_classes(const std::string& path, const Hierarchy& h) {
  std::vector<Node> classes;
  std::vector<bool> seen(static_cast<std::size_t>(h.size()));
  each_row_of(path, [&](const Line& line) {
    const std::string_view id = classes_impl::id_of(line, static_cast<Index>(classes.size()));
    Node i = h.find(id);
    if (i == no_node && id.starts_with('\'')) i = h.find(id.substr(1));
    if (i == no_node) i = h.find(id.substr(0, id.find(' ')));
    line.expect(i != no_node, "class ", id, " is not a node of the hierarchy");
    line.expect(!seen[static_cast<std::size_t>(i)], "class ", id, " was given before");
    seen[static_cast<std::size_t>(i)] = true;
    classes.push_back(i);
  });
  check(!classes.empty(), Errc::bad_file, "read_classes: ", path, " has no classes");
  return classes;
}

namespace classes_impl {
/// For each node, the listed nodes that are met first on the paths up from its parents, as labels. A node
/// with a single path upwards shares its parent's list, so that long chains cost no more than short ones.
class NearestListed {
 public:
  static constexpr Index most_pairs = Index{1} << 24, most_steps = Index{1} << 28;

  /// `label` [nodes]: no_node for nodes that are not listed.
  NearestListed(const Hierarchy& h, std::span<const Node> label)
      : label_(label), list_(label.size(), 0), met_by_(label.size(), no_node) {
    lists_.close();  // list 0 is empty
    for (const Node i : h.topological()) {
      const auto above = h.parents(i);
      if (above.size() == 1 && label_[at(above[0])] == no_node)
        list_[at(i)] = list_[at(above[0])];
      else if (!above.empty())
        join(h, i);
    }
  }
  [[nodiscard]] std::span<const Node> operator[](Node i) const { return lists_[list_[at(i)]]; }

 private:
  static std::size_t at(Node i) { return static_cast<std::size_t>(i); }

  void join(const Hierarchy& h, Node i) {
    found_.clear();
    const auto meet = [&](Node l) {
      if (std::exchange(met_by_[at(l)], i) != i) found_.push_back(l);
    };
    const auto look_up = [&](Node p) {
      if (const Node l = label_[at(p)]; l != no_node)
        meet(l);
      else
        for (const Node next : (*this)[p]) meet(next);
      steps_ += std::ssize((*this)[p]);
      check(steps_ <= most_steps, Errc::too_large, "restrict_to: the ways between classes are more than ",
            most_steps);
    };
    look_up(h.parent(i));
    for (const Node p : h.parents(i))
      if (p != h.parent(i)) look_up(p);
    check(std::ssize(lists_.values) + std::ssize(found_) <= most_pairs, Errc::too_large,
          "restrict_to: the classes next above the nodes are more than ", most_pairs, " pairs");
    list_[at(i)] = lists_.size();
    lists_.append(found_);
  }

  std::span<const Node> label_;
  Lists<Node> lists_;
  std::vector<Index> list_;
  Index steps_ = 0;
  std::vector<Node> met_by_, found_;  // the last node that met each label
};
}  // namespace classes_impl

/// Restricts a hierarchy to the given nodes. Node c of the result is classes[c], so that labels are its
/// nodes. The parents of a class are the nearest listed nodes above it on each path through the DAG, those on
/// the path of primary parents first. The result is often a forest. Ids and names are kept. Throws
/// invalid_argument for nodes out of range or listed twice, and too_large if the classes have more than 2^24
/// parents in total or finding them takes more than 2^28 steps.
[[nodiscard]] inline Hierarchy restrict_to(const Hierarchy& h, std::span<const Node> classes) {
  std::vector<Node> label(static_cast<std::size_t>(h.size()), no_node);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    check(classes[c] >= 0 && classes[c] < h.size(), Errc::invalid_argument, "restrict_to: classes[", c, "] (",
          classes[c], ") must be in [0, ", h.size(), ")");
    Node& l = label[static_cast<std::size_t>(classes[c])];
    check(l == no_node, Errc::invalid_argument, "restrict_to: node ", h.id(classes[c]),
          " is listed twice, as class ", l, " and ", c);
    l = static_cast<Node>(c);
  }

  const classes_impl::NearestListed nearest(h, label);
  std::vector<std::string> ids, names;
  std::vector<bool> instances;
  Lists<Node> parents;
  for (const Node i : classes) {
    ids.push_back(h.id(i));
    names.push_back(h.name(i));
    instances.push_back(h.is_instance(i));
    check(std::ssize(parents.values) + std::ssize(nearest[i]) <= classes_impl::NearestListed::most_pairs,
          Errc::too_large, "restrict_to: the classes have more than ",
          classes_impl::NearestListed::most_pairs, " parents in all");
    parents.append(nearest[i]);
  }
  return Hierarchy(std::move(ids), std::move(names), std::move(parents), Primary::first, {},
                   std::move(instances));
}

}  // namespace shoal
