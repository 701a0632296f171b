#include <doctest/doctest.h>

#include <map>

#include <shoal/hierarchy/balanced_cut.hpp>
#include "random_tree.hpp"

using namespace shoal;

namespace {

struct Sizes {
  Index classes = 0, largest = 0;
};

Sizes sizes(const Cut& cut, const std::vector<Index>& samples) {
  std::map<Node, Index> held;
  for (std::size_t i = 0; i < cut.size(); ++i) held[cut[i]] += samples[i];
  Sizes s;
  for (const auto& [node, count] : held) {
    s.classes += count > 0;
    s.largest = std::max(s.largest, count);
  }
  return s;
}

/// The smallest largest class over every choice of nodes (with all roots) of at most K classes with samples.
Index best_of_all(const Hierarchy& h, const std::vector<Index>& samples, Index K) {
  Index best = -1;
  for (std::uint32_t choice = 0; choice < 1u << h.size(); ++choice) {
    std::vector<Node> kept(h.roots().begin(), h.roots().end());
    for (Node i = 0; i < h.size(); ++i)
      if (choice >> i & 1u && h.parent(i) != no_node) kept.push_back(i);
    const Sizes s = sizes(cut_to_list(h, kept), samples);
    if (s.classes <= K && (best < 0 || s.largest < best)) best = s.largest;
  }
  return best;
}

}  // namespace

TEST_CASE("a cut to at most K classes: no choice of nodes has a smaller largest class") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Hierarchy h = random_hierarchy(seed, 11, seed % 3 == 0 ? 2 : 1);
    std::vector<Index> samples;
    for (Node i = 0; i < 11; ++i) samples.push_back(Philox(seed, 5).below(9, static_cast<std::uint64_t>(i)));
    for (Index K = 2; K <= 11; K += 3) {
      const Sizes s = sizes(cut_to_classes(h, samples, K), samples);
      CHECK(s.classes <= K);
      CHECK(s.largest == best_of_all(h, samples, K));
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
