#include "../hierarchy/random_tree.hpp"
#include "splits.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/dataset/granularity.hpp>
#include <shoal/hierarchy/classes.hpp>

using namespace shoal;

TEST_CASE(
    "random hierarchies: coarse d drops no sample, leaves none deeper than d, and joins only what shares the "
    "node") {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const Hierarchy h = random_hierarchy(seed, 150, seed % 2 == 0 ? 5 : 1);
    std::vector<Node> nodes;  // the classes are some of the nodes
    for (Node i = 0; i < 150; i += 2) nodes.push_back(i);
    const std::vector<Label> train = random_labels(seed, 800, 75),
                             validation = random_labels(seed + 9, 200, 75);
    const SplitLabels in{train, validation};
    for (const int d : {0, 1, 2, 3, 100}) {
      const Benchmark b = coarsen(in, cut_to_depth(h, d), nodes);
      CHECK(is_sound(b, in));
      CHECK(static_cast<Index>(b.train.rows.size()) == 800 - std::count(train.begin(), train.end(), -1));
      CHECK(static_cast<Index>(b.validation.rows.size()) ==
            200 - std::count(validation.begin(), validation.end(), -1));
      for (const Node c : b.classes) CHECK(h.depth(c) <= d);
      for (std::size_t k = 0; k < b.train.rows.size(); ++k) {
        const Node own = nodes[static_cast<std::size_t>(train[static_cast<std::size_t>(b.train.rows[k])])];
        const Node coarse = b.classes[static_cast<std::size_t>(b.train.labels[k])];
        CHECK(coarse == ancestor_at(h, own, d));
      }
    }
  }
}

TEST_CASE("leaves of the whole hierarchy and leaves among the classes") {
  Lists<Node> parents;  // 0; 1 < 0; 2 < 1; 3 < 1; 4 < 2
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {1}, {1}, {2}}) parents.append(p);
  const Hierarchy h({"0", "1", "2", "3", "4"}, {"a", "b", "c", "d", "e"}, parents);
  const std::vector<Node> classes{3, 2, 1};
  CHECK(leaf_classes(h, classes) == std::vector<Label>{0});
  CHECK(leaf_classes(restrict_to(h, classes), std::vector<Node>{0, 1, 2}) == std::vector<Label>{0, 1});
}

TEST_CASE("instances are neither hyponyms nor leaves") {
  Lists<Node>
      parents;  // a star, the Sun (an instance of it), a planet, the Earth and a dwarf planet below it
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {}, {2}, {2}}) parents.append(p);
  const Hierarchy h({"0", "1", "2", "3", "4"}, {"star", "Sun", "planet", "Earth", "dwarf_planet"}, parents,
                    Primary::first, {}, {false, true, false, true, false});
  const std::vector<Node> all{0, 1, 2, 3, 4};
  CHECK(leaf_classes(h, all) == std::vector<Label>{0, 4});
  CHECK(leaf_classes(restrict_to(h, all), all) == std::vector<Label>{0, 4});
  CHECK_THROWS_AS(Hierarchy({"0"}, {"a"}, Lists<Node>{{0, 0}, {}}, Primary::first, {}, {true, false}), error);
}

TEST_CASE("relabelled: classes that one split lacks drop out of both") {
  const std::vector<Label> train{0, 0, 0, 1, 1, -1}, validation{0, 1, 1};
  const std::vector<Label> refined{2, 3, 2, 1, 1, 3}, refined_validation{2, 4, 1};
  const Benchmark b = relabeled({train, validation}, {refined, refined_validation});
  CHECK(b.classes == std::vector<Label>{1, 2});
  CHECK(b.train.rows == std::vector<Index>{0, 2, 3, 4});
  CHECK(b.train.labels == std::vector<Label>{1, 1, 0, 0});
  CHECK(b.validation.rows == std::vector<Index>{0, 2});
  CHECK(relabeled({train, {}}, {refined, {}}).classes == std::vector<Label>{1, 2, 3});
  CHECK_THROWS_AS((void)relabeled({train, validation}, {refined, {}}), error);
}

TEST_CASE("bad arguments of coarsen") {
  const std::vector<Label> train{0, 2};
  CHECK_THROWS_AS((void)coarsen({train, {}}, Cut{0, 0}, std::vector<Node>{0, 1}),
                  error);  // label 2 has no node
  CHECK_THROWS_AS((void)coarsen({train, {}}, Cut{0, 0}, std::vector<Node>{0, 1, 2}),
                  error);  // node 2 isn't in the cut
}
