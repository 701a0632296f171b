#include "random_tree.hpp"

#include <map>

#include <doctest/doctest.h>

#include <shoal/hierarchy/balanced_cut.hpp>

using namespace shoal;

namespace {

struct Sizes {
  Index classes = 0, largest = 0;
  Index largest_shared = 0;  ///< of the classes that hold samples of two nodes or more
};

Sizes sizes(const Cut& cut, const std::vector<Index>& samples) {
  std::map<Node, Index> held, nodes;
  for (std::size_t i = 0; i < cut.size(); ++i) {
    held[cut[i]] += samples[i];
    nodes[cut[i]] += samples[i] > 0;
  }
  Sizes s;
  for (const auto& [node, count] : held) {
    s.classes += count > 0;
    s.largest = std::max(s.largest, count);
    if (nodes[node] > 1) s.largest_shared = std::max(s.largest_shared, count);
  }
  return s;
}

/// The smallest sizes over every choice of nodes (with all roots) of at most K classes with samples.
Sizes best_of_all(const Hierarchy& h, const std::vector<Index>& samples, Index K) {
  Sizes best{0, 1000, 1000};
  for (std::uint32_t choice = 0; choice < 1u << h.size(); ++choice) {
    std::vector<Node> kept(h.roots().begin(), h.roots().end());
    for (Node i = 0; i < h.size(); ++i)
      if ((choice >> i & 1u) != 0 && h.parent(i) != no_node) kept.push_back(i);
    const Sizes s = sizes(cut_to_list(h, kept), samples);
    if (s.classes > K) continue;
    best.largest = std::min(best.largest, s.largest);
    best.largest_shared = std::min(best.largest_shared, s.largest_shared);
  }
  return best;
}

}  // namespace

TEST_CASE("a cut to at most K classes: no choice of nodes has a smaller largest class") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Hierarchy h = random_hierarchy(seed, 11, seed % 3 == 0 ? 2 : 1);
    std::vector<Index> samples;
    for (Node i = 0; i < 11; ++i) samples.push_back(Philox(seed, 5).below(9, static_cast<std::uint64_t>(i)));
    samples[seed % 11] = 30;  // more than any other class will be
    for (Index K = 2; K <= 11; K += 3) {
      const Sizes s = sizes(cut_to_classes(h, samples, K), samples), best = best_of_all(h, samples, K);
      CHECK(s.classes <= K);
      CHECK(s.largest == best.largest);
      CHECK(s.largest_shared == best.largest_shared);
    }
  }
}

TEST_CASE("one class, as many as nodes, no samples, too few classes for the roots") {
  const Hierarchy h = random_hierarchy(3, 40);
  const std::vector<Index> ones(40, 1);
  CHECK(sizes(cut_to_classes(h, ones, 1), ones).classes == 1);
  CHECK(sizes(cut_to_classes(h, ones, 40), ones).largest == 1);
  const std::vector<Index> none(40, 0);
  CHECK(sizes(cut_to_classes(h, none, 5), none).classes == 0);
  CHECK_THROWS_AS((void)cut_to_classes(h, ones, 0), error);
  CHECK_THROWS_AS((void)cut_to_classes(random_hierarchy(3, 40, 4), ones, 3), error);
}
