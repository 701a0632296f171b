#include "random_tree.hpp"
#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/hierarchy/classes.hpp>
#include <shoal/hierarchy/relations.hpp>

using namespace shoal;

namespace {
std::vector<Node> list(std::span<const Node> nodes) { return {nodes.begin(), nodes.end()}; }
}  // namespace

TEST_CASE("class lists: plain ids or numbered tables, errors by line") {
  const Scratch scratch("classes");
  const std::string path = scratch / "classes.tsv";
  const auto read = [&](const std::string& text) {
    std::ofstream(path) << text;
    Lists<Node> parents;
    for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}}) parents.append(p);
    return read_classes(path,
                        Hierarchy({"00001740", "01440764", "02084071"}, {"entity", "tench", "dog"}, parents));
  };
  CHECK(read("n02084071\nn01440764\n") == std::vector<Node>{2, 1});
  CHECK(read("0\t00001740\tentity\t12\n1\t02084071\tdog\t7\n") == std::vector<Node>{0, 2});
  CHECK(read("n02084071 dog, domestic dog\nn01440764\ttench\n") ==
        std::vector<Node>{2, 1});  // wnids and names
  CHECK_THROWS_WITH_AS(read("0\t00001740\n2\t02084071\n"), (path + ":2: class number 2 must be 1").c_str(),
                       error);
  CHECK_THROWS_WITH_AS(read("1740\nn00000001\n"),
                       (path + ":2: class n00000001 is not a node of the hierarchy").c_str(), error);
  CHECK_THROWS_WITH_AS(read("1740\n#\nn00001740\n"), (path + ":3: class n00001740 was given before").c_str(),
                       error);
  CHECK_THROWS_WITH_AS(read("x\t1740\n"), (path + ":1: class number (x) must be a whole number").c_str(),
                       error);
  CHECK_THROWS_AS(read(""), error);
}

TEST_CASE("restriction by hand: parents are the nearest listed nodes by every way, primary ways first") {
  // 0; 1 < 0; 2 < 0; 3 < 1, 2; 4 < 3; 5 < 4, 0
  Lists<Node> parents;
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {1, 2}, {3}, {4, 0}}) parents.append(p);
  const Hierarchy h({"0", "1", "2", "3", "4", "5"}, {"a", "b", "c", "d", "e", "f"}, parents);
  const Hierarchy r = restrict_to(h, std::vector<Node>{5, 2, 0, 1});
  CHECK(r.size() == 4);
  CHECK(r.name(0) == "f");
  CHECK(list(r.parents(0)) == std::vector<Node>{3, 1, 2});
  CHECK(r.parent(0) == 3);
  CHECK(list(r.parents(1)) == std::vector<Node>{2});
  CHECK(list(r.roots()) == std::vector<Node>{2});
  const Hierarchy forest = restrict_to(h, std::vector<Node>{4, 2});
  CHECK(forest.parent(0) == 1);  // the primary way up from d finds none
  CHECK(restrict_to(h, std::vector<Node>{1, 2}).roots().size() == 2);
  CHECK(restrict_to(h, std::vector<Node>{}).size() == 0);
  CHECK_THROWS_AS((void)restrict_to(h, std::vector<Node>{1, 1}), error);
  CHECK_THROWS_AS((void)restrict_to(h, std::vector<Node>{6}), error);
}

TEST_CASE("random restrictions keep who descends from whom; all nodes give the same hierarchy") {
  for (const std::uint64_t seed : {21, 22, 23}) {
    const Hierarchy h = random_hierarchy(seed, 60);
    std::vector<Node> kept;
    for (Node i = 0; i < 60; ++i)
      if (Philox(seed, 1).below(2, static_cast<std::uint64_t>(i)) == 0) kept.push_back(i);
    const Hierarchy r = restrict_to(h, kept);
    for (Node a = 0; a < r.size(); ++a) {
      std::vector<Node> expected, found;
      for (const Node above : ancestors(h, kept[static_cast<std::size_t>(a)], Along::dag))
        if (std::binary_search(kept.begin(), kept.end(), above)) expected.push_back(above);
      for (const Node above : ancestors(r, a, Along::dag))
        found.push_back(kept[static_cast<std::size_t>(above)]);
      CHECK(found == expected);
    }
    std::vector<Node> all;
    for (Node i = 0; i < 60; ++i) all.push_back(i);
    const Hierarchy same = restrict_to(h, all);
    for (Node i = 0; i < 60; ++i) CHECK(list(same.parents(i)) == list(h.parents(i)));
  }
}

TEST_CASE("restriction of large hierarchies is linear in what it gives, or refused") {
  // A chain of unlisted nodes below 20,000 listed ones, and a listed node at its end.
  const Node wide = 20000, deep = 20000;
  std::vector<std::string> ids;
  std::vector<Node> classes;
  Lists<Node> parents;
  for (Node i = 0; i < wide; ++i) parents.close(), classes.push_back(i);
  std::vector<Node> all = classes;
  parents.append(all);
  for (Node i = 1; i <= deep; ++i) parents.append(std::vector<Node>{static_cast<Node>(wide + i - 1)});
  classes.push_back(wide + deep);
  for (Index i = 0; i < parents.size(); ++i) ids.push_back("n" + std::to_string(i));
  const Hierarchy h(ids, ids, parents);
  const Hierarchy r = restrict_to(h, classes);
  CHECK(list(r.parents(wide)) == all);
  CHECK(r.parent(wide) == 0);

  // 20,000 classes below the same node have 400 million parents between them.
  for (Node i = 0; i < wide; ++i)
    parents.append(std::vector<Node>{wide}), classes.push_back(wide + deep + 1 + i);
  for (auto i = static_cast<Index>(ids.size()); i < parents.size(); ++i)
    ids.push_back("n" + std::to_string(i));
  const Hierarchy h2(ids, ids, parents);
  CHECK_THROWS_WITH_AS((void)restrict_to(h2, classes), doctest::Contains("more than 16777216 parents"),
                       error);

  // A ladder: each unlisted node has both unlisted nodes of the rung above as parents.
  Lists<Node> ladder;
  std::vector<Node> top;
  for (Node i = 0; i < wide; ++i) ladder.close(), top.push_back(i);
  ladder.append(top), ladder.append(top);
  std::vector<std::string> names;
  for (Node i = 0; i < 20000; ++i) {
    const auto last = static_cast<Node>(ladder.size() - 2);
    const std::vector<Node> rung{last, static_cast<Node>(last + 1)};
    ladder.append(rung), ladder.append(rung);
  }
  for (Index i = 0; i < ladder.size(); ++i) names.push_back("n" + std::to_string(i));
  top.push_back(static_cast<Node>(ladder.size() - 1));
  const Hierarchy h3(names, names, ladder);
  CHECK_THROWS_WITH_AS((void)restrict_to(h3, top), doctest::Contains("restrict_to"), error);
}
