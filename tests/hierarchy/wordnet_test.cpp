// Facts of the whole of WordNet 3.0, against data/wordnet_facts.txt, which data/count_wordnet.py counts on
// its own.
#include <cstdlib>
#include <filesystem>
#include <map>

#include <doctest/doctest.h>

#include <shoal/hierarchy/cut.hpp>
#include <shoal/hierarchy/wordnet.hpp>
#include <shoal/io/npy.hpp>

using namespace shoal;

namespace {

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value ? value : otherwise;
}

/// The whole of WordNet, or nullptr (and a message) where it isn't installed.
const Hierarchy* wordnet() {
  static const std::string path = environment("SHOAL_WORDNET", "/usr/share/wordnet/data.noun");
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no " << path << "; set SHOAL_WORDNET to WordNet 3.0's data.noun");
    return nullptr;
  }
  static const Hierarchy h = read_wordnet(path);
  return &h;
}

std::map<std::string, std::vector<Index>> facts() {
  std::map<std::string, std::vector<Index>> found;
  each_row_of(std::string(TEST_DATA) + "/wordnet_facts.txt", [&](const Line& line) {
    const auto fields = words(line.text);
    for (std::size_t k = 1; k < fields.size(); ++k)
      found[std::string(fields[0])].push_back(whole_number(line, fields[k], "count"));
  });
  return found;
}

template <class Depth> std::vector<Index> histogram(const Hierarchy& h, Depth depth) {
  std::vector<Index> counts;
  for (Node i = 0; i < h.size(); ++i) {
    const auto d = static_cast<std::size_t>(depth(i));
    if (d >= counts.size()) counts.resize(d + 1);
    ++counts[d];
  }
  return counts;
}

}  // namespace

TEST_CASE("WordNet 3.0: counts, depths and paths") {
  const Hierarchy* found = wordnet();
  if (!found) return;
  const Hierarchy& h = *found;
  auto expected = facts();
  Index edges = 0, several = 0;
  for (Node i = 0; i < h.size(); ++i) {
    edges += static_cast<Index>(h.parents(i).size());
    several += h.parents(i).size() > 1;
  }
  CHECK(h.size() == 82115);
  CHECK(h.size() == expected["nodes"][0]);
  CHECK(edges == expected["edges"][0]);
  CHECK(several == expected["several_parents"][0]);
  CHECK(static_cast<Index>(leaves(h).size()) == expected["leaves"][0]);
  REQUIRE(h.roots().size() == 1);
  CHECK(h.find(std::to_string(expected["roots"][0])) == h.roots()[0]);
  CHECK(h.name(h.roots()[0]) == "entity");
  CHECK(histogram(h, [&](Node i) { return h.depth(i); }) == expected["tree_depths"]);
  CHECK(histogram(h, [&](Node i) { return h.min_depth(i); }) == expected["least_depths"]);
  CHECK(histogram(h, [&](Node i) { return h.max_depth(i); }) == expected["most_depths"]);

  const Node dog = h.find("n02084071");
  CHECK(h.parents(dog).size() == 2);
  std::string path;
  for (const Node i : path_from_root(h, dog)) path += std::string(lemmas(h.name(i))[0]) + " ";
  CHECK(
      path ==
      "entity physical_entity object whole living_thing organism animal chordate vertebrate mammal placental "
      "carnivore canine dog ");
}

TEST_CASE("the labels of the noun data are a cut by minimum support") {
  const std::string folder = environment("SHOAL_NOUNS", "");
  const Hierarchy* h = wordnet();
  if (folder.empty()) MESSAGE("skipped: set SHOAL_NOUNS to the folder of the noun data");
  if (folder.empty() || !h) return;
  const std::vector<Index> one_each(static_cast<std::size_t>(h->size()), 1);  // each synset is a sample
  const std::vector<Index> ids = npy::read_vector<Index>(folder + "/ids.npy");
  const std::map<Index, std::string> files{
      {20, "labels_m20.npy"}, {50, "labels.npy"}, {100, "labels_m100.npy"}};
  for (const auto& [minimum, file] : files) {
    const Cut cut = cut_by_support(*h, one_each, minimum, Reach::above);
    std::vector<Node> values;
    for (const Index id : ids) values.push_back(cut[static_cast<std::size_t>(h->find(std::to_string(id)))]);
    CHECK(compact(values).labels == npy::read_vector<Label>(folder + "/" + file));
  }
}
