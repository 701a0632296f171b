// A label hierarchy: a DAG of named nodes. One parent of each node is its primary parent, and these define a
// tree.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/core/ordered.hpp>

namespace shoal {

/// The number of a node in its hierarchy, from 0 in the order of the source. In a hierarchy of the classes
/// themselves (restrict_to), a node is a label.
using Node = std::int32_t;
/// No node; stands for a missing parent, ancestor or representative.
inline constexpr Node no_node = -1;

/// The choice of a node's primary parent: the first as listed (WordNet's first hypernym), or the parent of
/// least or of greatest depth in the DAG (the first listed on ties).
enum class Primary { first, shallowest, deepest };

/// The canonical form of an id: WordNet's 1440764, 01440764 and ImageNet's n01440764 all become "01440764".
/// Anything else is returned unchanged.
inline std::string canonical_id(std::string_view id) {
  const std::string_view digits = id.substr(!id.empty() && id.front() == 'n' ? 1 : 0);
  const bool offset = !digits.empty() && digits.size() <= 8 &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return offset ? std::string(8 - digits.size(), '0').append(digits) : std::string(id);
}

/// An immutable hierarchy of nodes with ids, names and parents. "The tree" means the primary parents only;
/// "the DAG" means all parents. Everything is computed at construction, in O(nodes + edges). Queries are
/// O(1), except find, which is O(log nodes). Safe to read from several threads.
class Hierarchy {
 public:
  /// Returns the place where node i was read, such as "file.tsv:17", for messages.
  using Where = std::function<std::string(Node)>;

  Hierarchy() = default;
  /// `ids` and `names` have one entry for each node; `parents[i]` lists the parents of node i in order, none
  /// for a root. `instances[i]` says whether node i is an instance (is_instance); empty: none is. Throws
  /// bad_data for ids that are not distinct, parents out of range or listed twice, and cycles.
  Hierarchy(std::vector<std::string> ids, std::vector<std::string> names, Lists<Node> parents,
            Primary primary = Primary::first, const Where& where = {}, std::vector<bool> instances = {});

  [[nodiscard]] Index size() const { return parents_.size(); }
  [[nodiscard]] const std::string& id(Node i) const { return ids_[at(i)]; }
  [[nodiscard]] const std::string& name(Node i) const { return names_[at(i)]; }
  /// The node with this id in any spelling (canonical_id), or no_node.
  [[nodiscard]] Node find(std::string_view id) const;

  /// The nodes without parents, ascending.
  [[nodiscard]] std::span<const Node> roots() const { return roots_; }
  /// All parents of a node, in the order of the source.
  [[nodiscard]] std::span<const Node> parents(Node i) const { return parents_[i]; }
  /// All children of a node, by any parent, ascending.
  [[nodiscard]] std::span<const Node> children(Node i) const { return children_[i]; }
  /// Whether a node has no children, by any parent.
  [[nodiscard]] bool is_leaf(Node i) const { return children_[i].empty(); }
  /// Whether the node is one thing, as WordNet's Sun, and not a class of things.
  [[nodiscard]] bool is_instance(Node i) const { return !instances_.empty() && instances_[at(i)]; }

  /// The primary parent, or no_node for a root.
  [[nodiscard]] Node parent(Node i) const { return primary_[at(i)]; }
  /// The number of steps up the tree to a root. min_depth and max_depth are the fewest and the most steps on
  /// any path through the DAG.
  [[nodiscard]] int depth(Node i) const { return depth_[at(i)]; }
  [[nodiscard]] int min_depth(Node i) const { return min_depth_[at(i)]; }
  [[nodiscard]] int max_depth(Node i) const { return max_depth_[at(i)]; }

  /// The node and its descendants in the tree, parents before children.
  [[nodiscard]] std::span<const Node> subtree(Node i) const {
    return std::span<const Node>(preorder_).subspan(at(first_[at(i)]), at(last_[at(i)] - first_[at(i)]));
  }
  /// All nodes, parents before children in the tree, children ascending.
  [[nodiscard]] std::span<const Node> preorder() const { return preorder_; }
  /// Whether `above` is i itself or an ancestor of i in the tree.
  [[nodiscard]] bool covers(Node above, Node i) const {
    return first_[at(above)] <= first_[at(i)] && first_[at(i)] < last_[at(above)];
  }
  /// All nodes, each after all its parents in the DAG.
  [[nodiscard]] std::span<const Node> topological() const { return topological_; }

 private:
  static std::size_t at(Node i) { return static_cast<std::size_t>(i); }
  void index_ids(const Where& where);
  void link(const Where& where);
  void sort_topologically(const Where& where);
  void measure_depths();
  void choose_parents(Primary primary);
  void number_tree();

  std::vector<std::string> ids_, names_, keys_;
  Lists<Node> parents_, children_;
  std::vector<Node> by_key_, roots_, primary_, topological_, preorder_, first_, last_;
  std::vector<int> depth_, min_depth_, max_depth_;
  std::vector<bool> instances_;
};

inline Hierarchy::Hierarchy(std::vector<std::string> ids, std::vector<std::string> names, Lists<Node> parents,
                            Primary primary, const Where& where, std::vector<bool> instances)
    : ids_(std::move(ids)),
      names_(std::move(names)),
      parents_(std::move(parents)),
      instances_(std::move(instances)) {
  check(size() <= std::numeric_limits<Node>::max(), Errc::too_large, "Hierarchy: nodes (", size(),
        ") must be below 2^31");
  check(static_cast<Index>(ids_.size()) == size() && ids_.size() == names_.size(), Errc::invalid_argument,
        "Hierarchy: ids (", ids_.size(), "), names (", names_.size(), ") and parents (", size(),
        ") must have one entry a node each");
  check(instances_.empty() || instances_.size() == ids_.size(), Errc::invalid_argument,
        "Hierarchy: instances (", instances_.size(), ") must have one entry a node (", size(), "), or none");
  const Where place = where ? where : [this](Node i) { return "node " + id(i); };
  index_ids(place);
  link(place);
  sort_topologically(place);
  measure_depths();
  choose_parents(primary);
  number_tree();
}

inline Node Hierarchy::find(std::string_view id) const {
  const std::string key = canonical_id(id);
  const auto found = std::lower_bound(by_key_.begin(), by_key_.end(), key,
                                      [&](Node i, const std::string& k) { return keys_[at(i)] < k; });
  return found != by_key_.end() && keys_[at(*found)] == key ? *found : no_node;
}

inline void Hierarchy::index_ids(const Where& where) {
  keys_.reserve(ids_.size());
  for (const std::string& id : ids_) keys_.push_back(canonical_id(id));
  const auto before = [this](std::size_t a, std::size_t b) { return keys_[a] < keys_[b]; };
  for (const std::size_t i : ordered(keys_.size(), before)) by_key_.push_back(static_cast<Node>(i));
  for (std::size_t k = 1; k < by_key_.size(); ++k)
    check(keys_[at(by_key_[k - 1])] != keys_[at(by_key_[k])], Errc::bad_data, where(by_key_[k]), ": node ",
          id(by_key_[k]), " was given before, at ", where(by_key_[k - 1]));
}

inline void Hierarchy::link(const Where& where) {
  children_.offsets.assign(at(static_cast<Node>(size())) + 1, 0);
  std::vector<Node> child_of(ids_.size(), no_node);  // the last node that listed this one as a parent
  for (Node i = 0; i < size(); ++i) {
    const auto above = parents(i);
    for (const Node p : above) {
      check(p >= 0 && p < size(), Errc::bad_data, where(i), ": parent ", p, " must be a node number below ",
            size());
      check(p != i, Errc::bad_data, where(i), ": node ", id(i), " is its own parent");
      check(child_of[at(p)] != i, Errc::bad_data, where(i), ": node ", id(i), " lists parent ", id(p),
            " twice");
      child_of[at(p)] = i;
      ++children_.offsets[at(p) + 1];
    }
    if (above.empty()) roots_.push_back(i);
  }
  for (std::size_t k = 1; k < children_.offsets.size(); ++k) children_.offsets[k] += children_.offsets[k - 1];
  children_.values.resize(parents_.values.size());
  std::vector<Index> next(children_.offsets.begin(), children_.offsets.end() - 1);
  for (Node i = 0; i < size(); ++i)
    for (const Node p : parents(i)) children_.values[static_cast<std::size_t>(next[at(p)]++)] = i;
}

inline void Hierarchy::sort_topologically(const Where& where) {
  std::vector<std::size_t> waiting(ids_.size());
  for (Node i = 0; i < size(); ++i) waiting[at(i)] = parents(i).size();
  topological_ = roots_;
  topological_.reserve(ids_.size());
  for (std::size_t k = 0; k < topological_.size(); ++k)
    for (const Node child : children(topological_[k]))
      if (--waiting[at(child)] == 0) topological_.push_back(child);
  if (topological_.size() == ids_.size()) return;

  // Each remaining node has a remaining parent: walk up these parents until a node repeats.
  const auto left = [&](Node i) { return waiting[at(i)] > 0; };
  const auto up = [&](Node i) { return *std::find_if(parents(i).begin(), parents(i).end(), left); };
  Node i = 0;
  while (!left(i)) ++i;
  for (Index step = 0; step < size(); ++step) i = up(i);
  const Node met = i;
  Node lowest = met;
  while ((i = up(i)) != met) lowest = std::min(lowest, i);
  std::string cycle = id(lowest);
  for (Node k = up(lowest); k != lowest; k = up(k)) cycle += " < " + id(k);
  fail(Errc::bad_data, where(lowest), ": a cycle of parents: ", cycle, " < ", id(lowest));
}

inline void Hierarchy::measure_depths() {
  min_depth_.assign(ids_.size(), 0);
  max_depth_.assign(ids_.size(), 0);
  for (const Node i : topological_) {
    if (parents(i).empty()) continue;
    const auto by_min = [&](Node a, Node b) { return min_depth(a) < min_depth(b); };
    const auto by_max = [&](Node a, Node b) { return max_depth(a) < max_depth(b); };
    min_depth_[at(i)] = 1 + min_depth(*std::min_element(parents(i).begin(), parents(i).end(), by_min));
    max_depth_[at(i)] = 1 + max_depth(*std::max_element(parents(i).begin(), parents(i).end(), by_max));
  }
}

inline void Hierarchy::choose_parents(Primary primary) {
  primary_.assign(ids_.size(), no_node);
  depth_.assign(ids_.size(), 0);
  for (const Node i : topological_) {
    const auto above = parents(i);
    if (above.empty()) continue;
    const auto wanted = [&](Node p) {
      if (primary == Primary::shallowest) return min_depth(p) + 1 == min_depth(i);
      return primary == Primary::first || max_depth(p) + 1 == max_depth(i);
    };
    primary_[at(i)] = *std::find_if(above.begin(), above.end(), wanted);
    depth_[at(i)] = depth(parent(i)) + 1;
  }
}

inline void Hierarchy::number_tree() {
  const Lists<Node> below = group_by<Node>(std::span<const Node>(primary_), size());
  first_.assign(ids_.size(), 0);
  last_.assign(ids_.size(), 1);
  preorder_.reserve(ids_.size());
  std::vector<Node> stack;
  const auto push = [&](std::span<const Node> nodes) {  // so that the first is on top
    for (std::size_t k = nodes.size(); k-- > 0;) stack.push_back(nodes[k]);
  };
  push(roots_);
  while (!stack.empty()) {
    const Node i = stack.back();
    stack.pop_back();
    first_[at(i)] = static_cast<Node>(preorder_.size());
    preorder_.push_back(i);
    push(below[i]);
  }
  for (Node i = 0; i < size(); ++i) last_[at(i)] = first_[at(i)] + 1;
  for (std::size_t k = preorder_.size(); k-- > 0;) {  // children come before their parent here
    const Node i = preorder_[k], p = parent(i);
    if (p != no_node) last_[at(p)] = std::max(last_[at(p)], last_[at(i)]);
  }
}

}  // namespace shoal
