#include "support/scratch.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include <shoal/hierarchy/relations.hpp>
#include <shoal/hierarchy/wordnet.hpp>

using namespace shoal;

namespace {

const Scratch scratch("hierarchy-read");

std::string file(const std::string& text) {
  const std::string path = scratch / "h.txt";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// What the error of reading `text` says behind the file's path.
template <class Read> std::string complaint(const std::string& text, Read read) {
  const std::string path = file(text);
  try {
    (void)read(path);
  } catch (const error& e) {
    const std::string what = e.what();
    const std::size_t at = what.find(path);
    return at == 0 ? what.substr(path.size()) : what;
  }
  return "no error";
}
const auto tsv = [](const std::string& path) { return read_hierarchy_tsv(path); };
const auto pairs = [](const std::string& path) { return read_hierarchy_pairs(path); };
const auto nouns = [](const std::string& path) { return read_wordnet(path); };

}  // namespace

TEST_CASE(
    "TSV: nodes in the order of the file, parents before or after, comments, Windows line ends, no last "
    "newline") {
  const Hierarchy h = read_hierarchy_tsv(file("# a comment\r\nb\ta\tbee\r\n\r\na\t\tay\r\nc\tb,a\tsea"));
  CHECK(h.size() == 3);
  CHECK(h.id(0) == "b");
  CHECK(h.name(2) == "sea");
  CHECK(h.parent(2) == 0);
  CHECK(h.parents(2).size() == 2);
  CHECK(h.depth(2) == 2);
  CHECK(read_hierarchy_tsv(file("a\t\nb\ta\n")).name(1) == "b");
}

TEST_CASE("TSV: what is wrong is said by line and reason") {
  CHECK(complaint("a\t\nb\n", tsv) == ":2: a node has 2 or 3 fields between tabs (id, parents, name), not 1");
  CHECK(complaint("a\t\n\tb\n", tsv) == ":2: the id is empty");
  CHECK(complaint("a\t\nb\ta,\n", tsv) == ":2: node b has an empty parent");
  CHECK(complaint("a\t\n#\nb\tz\n", tsv) == ":3: parent z of node b is not a node of the file");
  CHECK(complaint("a\t\nb\ta\nb\ta\n", tsv).starts_with(":3: node b was given before, at "));
  CHECK(complaint("a\t\nb\tc\nc\tb\n", tsv) == ":2: a cycle of parents: b < c < b");
  CHECK(complaint("a\ta\n", tsv) == ":1: node a is its own parent");
  CHECK(complaint("a\t\nb\ta,a\n", tsv) == ":2: node b lists parent a twice");
  CHECK(complaint("a\t\nb\ta\nc\t\n", tsv).starts_with(":3: node c is a second root beside a ("));
  CHECK(complaint("", tsv).ends_with("has no nodes"));
  CHECK(read_hierarchy_tsv(file("a\t\nb\ta\nc\t\n"), {.several_roots = true}).roots().size() == 2);
  CHECK_THROWS_AS((void)read_hierarchy_tsv(scratch / "missing.tsv"), error);
}

TEST_CASE("pairs: either order, spaces or tabs, ids in any spelling") {
  const Hierarchy h =
      read_hierarchy_pairs(file("n02084071 n02083346\n2084071\tn01317541\nn02083346 n00001740\n"
                                "n01317541 n00001740\n"));
  CHECK(h.size() == 4);
  CHECK(h.parents(h.find("02084071")).size() == 2);
  CHECK(h.roots().size() == 1);
  CHECK(h.id(h.roots()[0]) == "n00001740");
  const Hierarchy reversed = read_hierarchy_pairs(file("top a\ntop b\n"), PairOrder::parent_child);
  CHECK(reversed.id(reversed.roots()[0]) == "top");

  CHECK(complaint("a b\nb c d\n", pairs) == ":2: a line has two ids, a child and its parent, not 3");
  CHECK(complaint("a b\nb c\na b\n", pairs) == ":3: the pair a, b was given before");
  CHECK(complaint("a b\nb c\nc a\n", pairs) == ":1: a cycle of parents: a < b < c < a");
  CHECK(complaint("a a\n", pairs) == ":1: node a is its own parent");
  CHECK(complaint("a b\nc d\n", pairs).starts_with(":2: node d is a second root beside b ("));
}

TEST_CASE("WordNet: an excerpt with its licence header") {
  const Hierarchy h = read_wordnet(std::string(TEST_DATA) + "/wordnet_excerpt.noun");
  CHECK(h.size() == 20);
  const Node dog = h.find("n02084071");
  CHECK(h.name(dog) == "dog,domestic_dog,Canis_familiaris");
  CHECK(lemmas(h.name(dog)).size() == 3);
  CHECK(h.parents(dog).size() == 2);
  CHECK(h.id(h.parents(dog)[0]) == "02083346");
  CHECK(h.id(h.parents(dog)[1]) == "01317541");
  CHECK(h.depth(dog) == 13);
  CHECK(h.min_depth(dog) == 8);
  CHECK(h.max_depth(dog) == 13);
  const Node einstein = h.find("10954498");  // an instance of a physicist
  CHECK(h.id(h.parent(einstein)) == "10428004");
  CHECK(h.is_instance(einstein));
  for (Node i = 0; i < h.size(); ++i) CHECK(h.is_instance(i) == (i == einstein));
  CHECK(h.id(lowest_common_ancestor(h, dog, einstein)) == "00004475");
}

TEST_CASE("WordNet: broken lines") {
  const std::string entity = "00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which is\n";
  const auto after = [&](const std::string& line) {
    return complaint("  1 licence\n" + entity + line, nouns);
  };
  CHECK(after("00001930 03 n 01 thing 0 001 @ 00001740 n 0000 | a thing") == "no error");
  CHECK(after("00001930 03 n 01 thing 0 001 @ 000017") ==
        ":3: a synset has a gloss after ' | '; the line may be cut short");
  CHECK(after("1930 03 n 01 thing 0 001 @ 00001740 n 0000 | a") == ":3: offset (1930) must have 8 digits");
  CHECK(after("0000193x 03 n 01 thing 0 000 | a") == ":3: offset (0000193x) must be a whole number");
  CHECK(after("00001930 03 v 01 thing 0 000 | a") == ":3: synset type (v) must be n, a noun");
  CHECK(after("00001930 03 n 02 thing 0 000 | a") == ":3: word count (02) does not fit the line");
  CHECK(after("00001930 03 n zz thing 0 000 | a") == ":3: word count (zz) must be a whole number");
  CHECK(after("00001930 03 n 01 thing 0 002 @ 00001740 n 0000 | a") ==
        ":3: pointer count (002) does not fit the line");
  CHECK(after("00001930 03 n 01 thing 0 001 @ 00000007 n 0000 | a") ==
        ":3: parent 00000007 of node 00001930 is not a node of the file");
  // Counts whose products wrap around to one that fits.
  for (const char* count : {"7fffffffffffffff", "4000000000000001", "4000000000000000"})
    CHECK(after("00001930 03 n " + std::string(count) + " thing 0 000 | a") ==
          ":3: word count (" + std::string(count) + ") does not fit the line");
  for (const char* count : {"4611686018427387904", "9223372036854775807"})
    CHECK(after("00001930 03 n 01 thing 0 " + std::string(count) + " | a") ==
          ":3: pointer count (" + std::string(count) + ") does not fit the line");
  CHECK(after("00001930 | a") == ":3: a synset starts with offset, file number, type and word count");
}

TEST_CASE("pairs: the order that leaves fewer roots is taken, unless one is asked for") {
  const std::string parents_first = "top a\ntop b\na c\na d\nother e\nother f\n";
  const Hierarchy h = read_hierarchy_pairs(file(parents_first), PairOrder::by_roots, {.several_roots = true});
  CHECK(h.roots().size() == 2);
  CHECK(h.id(h.roots()[0]) == "top");
  CHECK(h.id(h.roots()[1]) == "other");
  CHECK(h.parent(h.find("c")) == h.find("a"));
  CHECK(read_hierarchy_pairs(file(parents_first), PairOrder::child_parent, {.several_roots = true})
            .roots()
            .size() == 5);
  CHECK(read_hierarchy_pairs(file("a top\nb top\nc a\nd a\n")).id(0) == "a");
  CHECK(read_hierarchy_pairs(file("a top\nb top\nc a\nd a\n")).roots().size() == 1);
  CHECK(read_hierarchy_pairs(file("a b\n")).parent(0) == 1);  // as many either way: child and parent
}

TEST_CASE("the byte order mark is no part of the first id, and other encodings are refused") {
  CHECK(read_hierarchy_tsv(file("\xEF\xBB\xBF"
                                "a\t\troot\nb\ta\tB\n"))
            .id(0) == "a");
  CHECK(read_hierarchy_pairs(file("\xEF\xBB\xBF"
                                  "b a\r\nc a\r\n"))
            .id(0) == "b");
  CHECK(complaint("a\t\ncaf\xE9\ta\n", tsv) == ":2: byte 233 is not text: save the file as UTF-8");
}

TEST_CASE("what a file makes a message say is shown, not obeyed, and cut") {
  CHECK(complaint("a\t\n\x1b[31mb\tz\n", tsv) == ":2: the id \\x1b[31mb holds a control character");
  CHECK(complaint("a\t\nb\t" + std::string(100000, 'z') + "\n", tsv).size() < 4200);
}

TEST_CASE("hierarchies as large as they come are read in linear time: a chain, many parents, many children") {
  const int n = 300000;
  std::string chain = "n0\t\n", star = "root\t\n", child, pairs_of_one;
  for (int i = 1; i <= n; ++i) chain += "n" + std::to_string(i) + "\tn" + std::to_string(i - 1) + "\n";
  for (int i = 0; i < 60000; ++i) {
    star += "p" + std::to_string(i) + "\troot\n";
    child += (i > 0 ? ",p" : "p") + std::to_string(i);
    pairs_of_one += "child p" + std::to_string(i) + "\np" + std::to_string(i) + " root\n";
  }
  const Hierarchy deep = read_hierarchy_tsv(file(chain));
  CHECK(deep.depth(n) == n);
  CHECK(path_from_root(deep, n).size() == n + 1);
  const Hierarchy wide = read_hierarchy_tsv(file(star + "child\t" + child + "\n"));
  CHECK(wide.parents(wide.find("child")).size() == 60000);
  const Hierarchy same = read_hierarchy_pairs(file(pairs_of_one));
  CHECK(same.parents(same.find("child")).size() == 60000);
  CHECK(complaint(star + "child\t" + child + ",p59999\n", tsv)
            .ends_with("node child lists parent p59999 twice"));

  std::string ring;
  for (int i = 0; i < n; ++i) ring += "n" + std::to_string(i) + "\tn" + std::to_string((i + 1) % n) + "\n";
  CHECK(complaint(ring, tsv).size() < 4200);
}
