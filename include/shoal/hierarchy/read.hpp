// Reads label hierarchies from text: tables (TSV) and pairs of ids. Errors name the line.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include <shoal/core/buffer.hpp>
#include <shoal/hierarchy/tree.hpp>
#include <shoal/io/table.hpp>

namespace shoal {

/// How a hierarchy with several parents or roots is read.
struct HierarchySettings {
  Primary primary = Primary::first;  ///< the parent that defines the tree
  bool several_roots = false;        ///< whether more than one root is allowed
};

/// A node as read from a file.
struct HierarchyEntry {
  std::string id;                    ///< unique in the file
  std::vector<std::string> parents;  ///< ids of the parents; none for a root
  std::string name;                  ///< for display
  Index line = 0;                    ///< the line in the file, for messages
  bool instance = false;             ///< one thing, not a class of things
};

/// Builds the hierarchy of these entries, with nodes in their order. Throws bad_data, naming `file`, line and
/// reason, if there are no nodes, for an id with control characters, a node defined twice, an unknown parent,
/// a parent listed twice, a cycle, and several roots unless settings allow them.
[[nodiscard]] inline Hierarchy build_hierarchy(std::vector<HierarchyEntry> entries, std::string_view file,
                                               HierarchySettings settings = {}) {
  check(!entries.empty(), Errc::bad_data, "build_hierarchy: ", file, " has no nodes");
  const auto where = [&](Node i) {
    return std::string(file) + ":" + std::to_string(entries[static_cast<std::size_t>(i)].line);
  };
  std::unordered_map<std::string, std::size_t> nodes;
  for (const auto& entry : entries) {
    check(printable(entry.id) == entry.id, Errc::bad_data, file, ":", entry.line, ": the id ", entry.id,
          " holds a control character");
    nodes.emplace(canonical_id(entry.id), static_cast<std::size_t>(&entry - entries.data()));
  }
  Lists<Node> parents;
  for (Node i = 0; i < static_cast<Node>(entries.size()); ++i) {
    for (const std::string& parent : entries[static_cast<std::size_t>(i)].parents) {
      const auto found = nodes.find(canonical_id(parent));
      check(found != nodes.end(), Errc::bad_data, where(i), ": parent ", parent, " of node ",
            entries[static_cast<std::size_t>(i)].id, " is not a node of the file");
      parents.values.push_back(static_cast<Node>(found->second));
    }
    parents.close();
  }
  std::vector<std::string> ids, names;
  std::vector<bool> instances;
  for (HierarchyEntry& entry : entries) {
    ids.push_back(std::move(entry.id));
    names.push_back(std::move(entry.name));
    instances.push_back(entry.instance);
  }
  Hierarchy h(std::move(ids), std::move(names), std::move(parents), settings.primary, where,
              std::move(instances));
  if (h.roots().size() > 1 && !settings.several_roots)
    fail(Errc::bad_data, where(h.roots()[1]), ": node ", h.id(h.roots()[1]), " is a second root beside ",
         h.id(h.roots()[0]), " (", where(h.roots()[0]), "), one of ", h.roots().size(),
         "; read it as a forest (several_roots, --forest) if that is meant");
  return h;
}

/// Reads a table of nodes with tab-separated fields: id, parents (comma-separated ids, none for a root) and,
/// optionally, a name. Empty lines and lines that start with '#' are skipped. Throws bad_file or bad_data,
/// naming the line.
[[nodiscard]] inline Hierarchy read_hierarchy_tsv(const std::string& path, HierarchySettings settings = {}) {
  std::vector<HierarchyEntry> entries;
  each_row_of(path, [&](const Line& line) {
    const auto fields = split(line.text, '\t');
    line.expect(fields.size() == 2 || fields.size() == 3,
                "a node has 2 or 3 fields between tabs (id, parents, name), not ", fields.size());
    line.expect(!fields[0].empty(), "the id is empty");
    HierarchyEntry entry{
        std::string(fields[0]), {}, std::string(fields.size() == 3 ? fields[2] : fields[0]), line.number};
    if (!fields[1].empty())
      for (const std::string_view parent : split(fields[1], ',')) {
        line.expect(!parent.empty(), "node ", fields[0], " has an empty parent");
        entry.parents.emplace_back(parent);
      }
    entries.push_back(std::move(entry));
  });
  return build_hierarchy(std::move(entries), path, settings);
}

/// The order of the two ids of a pair: child first; parent first, as in ImageNet's wordnet.is_a.txt; or
/// whichever order leaves fewer nodes without a parent (child first if both leave equally many).
enum class PairOrder { child_parent, parent_child, by_roots };

namespace read_impl {
/// Pairs of ids as numbers, and the ids, numbered in order of first appearance.
struct Pairs {
  struct Pair {
    std::size_t first, second;
    Index line;
  };
  Buffer<Pair> pairs;
  std::vector<std::string> ids;
  std::vector<Index> lines;  ///< the line where each id first appears
};

inline Pairs read_pairs(const std::string& path) {
  Pairs read;
  std::unordered_map<std::string, std::size_t> nodes;
  std::unordered_set<Index> seen;
  const auto number_of = [&](std::string_view id, Index line) {
    const auto [found, fresh] = nodes.emplace(canonical_id(id), read.ids.size());
    if (fresh) {
      read.ids.emplace_back(id);
      read.lines.push_back(line);
    }
    return found->second;
  };
  each_row_of(path, [&](const Line& line) {
    const auto pair = words(line.text);
    line.expect(pair.size() == 2, "a line has two ids, a child and its parent, not ", pair.size());
    const std::size_t first = number_of(pair[0], line.number), second = number_of(pair[1], line.number);
    line.expect(read.ids.size() < std::size_t{1} << 31, "a hierarchy has fewer than 2^31 nodes");
    line.expect(seen.insert(static_cast<Index>(first << 32 | second)).second, "the pair ", pair[0], ", ",
                pair[1], " was given before");
    read.pairs.push_back({first, second, line.number});
  });
  return read;
}

/// Whether fewer nodes are without a parent if the second id of each pair is the child.
inline bool parents_come_first(const Pairs& read) {
  std::vector<bool> is_first(read.ids.size()), is_second(read.ids.size());
  for (const auto& pair : read.pairs) is_first[pair.first] = is_second[pair.second] = true;
  return std::count(is_first.begin(), is_first.end(), true) <
         std::count(is_second.begin(), is_second.end(), true);
}
}  // namespace read_impl

/// Reads two ids on each line, a child and one of its parents (or the reverse, see PairOrder), separated by
/// spaces or tabs. Nodes are numbered in order of first appearance, and those that are never a child are the
/// roots. A node's line is where it is first a child, or else where it is first named. Names equal ids.
/// Throws bad_file or bad_data, naming the line.
[[nodiscard]] inline Hierarchy read_hierarchy_pairs(const std::string& path,
                                                    PairOrder order = PairOrder::by_roots,
                                                    HierarchySettings settings = {}) {
  read_impl::Pairs read = read_impl::read_pairs(path);
  const bool parent_first = order == PairOrder::parent_child ||
                            (order == PairOrder::by_roots && read_impl::parents_come_first(read));
  std::vector<HierarchyEntry> entries;
  for (std::size_t i = 0; i < read.ids.size(); ++i)
    entries.push_back({read.ids[i], {}, read.ids[i], read.lines[i]});
  for (const auto& pair : read.pairs) {
    HierarchyEntry& child = entries[parent_first ? pair.second : pair.first];
    if (child.parents.empty()) child.line = pair.line;
    child.parents.push_back(entries[parent_first ? pair.first : pair.second].id);
  }
  return build_hierarchy(std::move(entries), path, settings);
}

}  // namespace shoal
