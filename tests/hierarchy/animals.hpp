// A hierarchy small enough to work out by hand.
#pragma once

#include <shoal/hierarchy/tree.hpp>

namespace shoal {

/// 0 entity; 1 animal < 0; 2 dog < 1; 3 cat < 1; 4 pug < 2; 5 stone < 0
inline Hierarchy animals() {
  Lists<Node> parents;
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {1}, {1}, {2}, {0}}) parents.append(p);
  return Hierarchy({"0", "1", "2", "3", "4", "5"}, {"entity", "animal", "dog", "cat", "pug", "stone"},
                   parents);
}

}  // namespace shoal
