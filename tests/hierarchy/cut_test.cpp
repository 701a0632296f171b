#include "animals.hpp"
#include "random_tree.hpp"

#include <doctest/doctest.h>

#include <shoal/hierarchy/cut.hpp>

using namespace shoal;

namespace {

const std::vector<Index> samples{1, 0, 4, 2, 3, 5};

std::vector<Index> random_samples(std::uint64_t seed, Node nodes) {
  std::vector<Index> counts;
  for (Node i = 0; i < nodes; ++i) counts.push_back(Philox(seed, 9).below(20, static_cast<std::uint64_t>(i)));
  return counts;
}

}  // namespace

TEST_CASE("cuts of a small hierarchy, by hand") {
  const Hierarchy h = animals();
  CHECK(subtree_samples(h, samples) == std::vector<Index>{15, 9, 7, 2, 3, 5});
  CHECK(cut_to_depth(h, 0) == Cut{0, 0, 0, 0, 0, 0});
  CHECK(cut_to_depth(h, 1) == Cut{0, 1, 1, 1, 1, 5});
  CHECK(cut_to_depth(h, 2) == Cut{0, 1, 2, 3, 2, 5});
  CHECK(cut_to_depth(h, 9) == Cut{0, 1, 2, 3, 4, 5});
  CHECK(cut_by_support(h, samples, 5) == Cut{0, 1, 2, 1, 2, 5});
  CHECK(cut_by_support(h, samples, 5, Reach::above) == Cut{0, 0, 1, 1, 2, 0});
  CHECK(cut_by_support(h, samples, 100) == Cut{0, 0, 0, 0, 0, 0});
  CHECK(cut_by_support(h, samples, 0) == Cut{0, 1, 2, 3, 4, 5});
  CHECK(cut_to_list(h, std::vector<Node>{2, 5}) == Cut{no_node, no_node, 2, no_node, 2, 5});
  CHECK(cut_to_leaves(h) == Cut{no_node, no_node, no_node, 3, 4, 5});
}

TEST_CASE("compact numbers the values in ascending order and leaves none out") {
  const Compact c = compact(std::vector<Node>{7, 3, 7, 9});
  CHECK(c.labels == std::vector<Label>{1, 0, 1, 2});
  CHECK(c.classes == std::vector<Node>{3, 7, 9});
  CHECK(compact(std::vector<Node>{}).classes.empty());
}

TEST_CASE("random hierarchies: cuts are what they promise") {
  for (const std::uint64_t seed : {11, 12, 13, 14, 15}) {
    const Hierarchy h = random_hierarchy(seed, 120, seed % 2 == 0 ? 4 : 1);
    const std::vector<Index> own = random_samples(seed, 120), below = subtree_samples(h, own);
    for (const int d : {0, 1, 2, 3}) {
      const Cut cut = cut_to_depth(h, d);
      for (Node i = 0; i < h.size(); ++i) {
        CHECK(h.depth(cut[static_cast<std::size_t>(i)]) <= d);
        CHECK(cut[static_cast<std::size_t>(i)] == ancestor_at(h, i, d));
      }
    }
    for (const Index minimum : {Index{1}, Index{30}, Index{200}}) {
      for (const Reach reach : {Reach::self_or_above, Reach::above}) {
        const Cut cut = cut_by_support(h, own, minimum, reach);
        for (Node i = 0; i < h.size(); ++i) {  // the definition, step by step
          Node k = reach == Reach::above && h.parent(i) != no_node ? h.parent(i) : i;
          while (h.parent(k) != no_node && below[static_cast<std::size_t>(k)] < minimum) k = h.parent(k);
          CHECK(cut[static_cast<std::size_t>(i)] == k);
        }
      }
    }
  }
}

TEST_CASE("bad arguments of cuts") {
  const Hierarchy h = animals();
  CHECK_THROWS_AS((void)cut_to_depth(h, -1), error);
  CHECK_THROWS_AS((void)subtree_samples(h, std::vector<Index>{1}), error);
  CHECK_THROWS_AS((void)cut_to_list(h, std::vector<Node>{6}), error);
  CHECK_THROWS_AS((void)count_samples(std::vector<Label>{0, 3}, 3), error);
  CHECK_THROWS_AS((void)count_samples(std::vector<Label>{-1}, 3), error);
  CHECK(count_samples(std::vector<Label>{0, 2, 2}, 3) == std::vector<Index>{1, 0, 2});
}
