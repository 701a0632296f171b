// Classes of a data set as nodes of a hierarchy: class lists, and the hierarchy among classes alone.
#pragma once

#include <shoal/hierarchy/read.hpp>

namespace shoal {

/// The node of each class, read from a list: an id a line, or a table whose first field counts from 0 and
/// whose second is the id (more fields are ignored). Ids in any spelling (canonical_id). Throws bad_file by
/// line.
[[nodiscard]] inline std::vector<Node> read_classes(const std::string& path, const Hierarchy& h) {
  std::vector<Node> classes;
  std::vector<bool> seen(static_cast<std::size_t>(h.size()));
  each_row_of(path, [&](const Line& line) {
    const auto fields = split(line.text, '\t');
    if (fields.size() > 1)
      line.expect(whole_number(line, fields[0], "class number") == static_cast<Index>(classes.size()),
                  "class number ", fields[0], " must be ", classes.size());
    const std::string_view id = fields[fields.size() > 1 ? 1 : 0];
    const Node i = h.find(id);
    line.expect(i != no_node, "class ", id, " is not a node of the hierarchy");
    line.expect(!seen[static_cast<std::size_t>(i)], "class ", id, " was given before");
    seen[static_cast<std::size_t>(i)] = true;
    classes.push_back(i);
  });
  check(!classes.empty(), Errc::bad_file, "read_classes: ", path, " has no classes");
  return classes;
}

/// The hierarchy of the given nodes alone: node c of it is classes[c], so that labels are its nodes, and the
/// parents of a class are the nearest listed nodes above it by every way through the DAG, those by way of
/// primary parents first. Often a forest. Ids and names are kept. Throws invalid_argument for nodes out of
/// range or given twice.
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

  // nearest[i]: the listed nodes that are first met on the ways up from i's parents, as labels.
  std::vector<std::vector<Node>> nearest(label.size());
  for (const Node i : h.topological()) {
    auto& found = nearest[static_cast<std::size_t>(i)];
    const auto meet = [&](Node n) {
      if (std::find(found.begin(), found.end(), n) == found.end()) found.push_back(n);
    };
    const auto look_up = [&](Node p) {
      if (const Node l = label[static_cast<std::size_t>(p)]; l != no_node)
        meet(l);
      else
        for (const Node n : nearest[static_cast<std::size_t>(p)]) meet(n);
    };
    if (h.parent(i) != no_node) look_up(h.parent(i));
    for (const Node p : h.parents(i))
      if (p != h.parent(i)) look_up(p);
  }

  std::vector<std::string> ids, names;
  Lists<Node> parents;
  for (const Node i : classes) {
    ids.push_back(h.id(i));
    names.push_back(h.name(i));
    parents.append(nearest[static_cast<std::size_t>(i)]);
  }
  return Hierarchy(std::move(ids), std::move(names), std::move(parents));
}

}  // namespace shoal
