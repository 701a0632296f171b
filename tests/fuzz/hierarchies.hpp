// What must hold of any hierarchy that a file gives.
#pragma once

#include "fuzz/target.hpp"

#include <shoal/dataset/manifest.hpp>
#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/relations.hpp>

namespace fuzz {

inline void check_hierarchy(const shoal::Hierarchy& h) {
  using namespace shoal;
  require(h.size() > 0 && std::ssize(h.preorder()) == h.size(), "each node once in the preorder");
  for (Node i = 0; i < h.size(); ++i) {
    require(h.find(h.id(i)) == i, "each node is found by its id");
    require(h.parent(i) == no_node ? h.depth(i) == 0 : h.depth(i) == h.depth(h.parent(i)) + 1, "depths");
    require(h.min_depth(i) <= h.depth(i) && h.depth(i) <= h.max_depth(i), "depths over the DAG");
    for (const Node p : h.parents(i)) require(p >= 0 && p < h.size() && p != i, "parents are nodes");
  }
  const std::vector<Node> few = leaves(h);
  require(restrict_to(h, few).size() == std::ssize(few), "the leaves alone");
}

/// The hierarchy as a TSV, where its ids and names can be written as one.
inline std::string tsv(const shoal::Hierarchy& h) {
  std::string text =
      "\xEF\xBB\xBF";  // an id may begin with the same bytes, which are a mark at the start alone
  for (shoal::Node i = 0; i < h.size(); ++i) {
    std::string above;
    for (const shoal::Node p : h.parents(i)) {
      if (h.id(p).find(',') != std::string::npos) return "";
      above += (above.empty() ? "" : ",") + h.id(p);
    }
    text += h.id(i) + "\t" + above + "\t" + h.name(i) + "\n";
  }
  return text.find('\r') == std::string::npos ? text : "";
}

}  // namespace fuzz
