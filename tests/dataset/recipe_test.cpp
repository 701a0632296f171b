#include "../hierarchy/random_tree.hpp"
#include "splits.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/dataset/manifest.hpp>

using namespace shoal;

// Labels and the like that would be gone before a constructor reads them are refused.
static_assert(std::constructible_from<SplitLabels, const std::vector<Label>&, const std::vector<Label>&>);
static_assert(!std::constructible_from<SplitLabels, std::vector<Label>, std::vector<Label>>);
static_assert(!std::assignable_from<decltype(Sources::accuracy)&, std::vector<float>>);
static_assert(!std::assignable_from<decltype(Sources::class_nodes)&, std::vector<Node>>);
static_assert(!std::assignable_from<decltype(Sources::class_lists)&, std::vector<std::vector<Label>>>);

namespace {

/// Sources that every constructor can read.
struct Data {
  std::vector<Label> train = random_labels(1, 3000, 60), validation = random_labels(2, 900, 60);
  std::vector<Label> refined = random_labels(3, 3000, 60), refined_validation = random_labels(4, 900, 60);
  Hierarchy hierarchy = random_hierarchy(5, 100);
  std::vector<Node> nodes;
  std::vector<float> accuracy;
  std::vector<std::vector<Label>> lists{{1, 5, 9, 30}, {5, 30, 59}};

  Data() {
    for (Node i = 0; i < 60; ++i) {
      nodes.push_back(99 - i);
      accuracy.push_back(static_cast<float>(Philox(6, 0).uniform(static_cast<std::uint64_t>(i))));
    }
  }
  [[nodiscard]] Sources sources() const {
    return {{train, validation}, &hierarchy, nodes, {refined, refined_validation}, accuracy, lists};
  }
};

Recipe recipe(const Constructor& c) {
  static const std::map<std::string, double> values{
      {"ratio", 3000}, {"s", 15}, {"depth", 2}, {"minimum", 40}, {"count", 20}};
  Recipe r{c.name, {}, 11};
  for (const auto& name : c.parameters) r.parameters[name] = values.at(name);
  return r;
}

}  // namespace

TEST_CASE("every constructor makes a sound benchmark, twice the same, and its manifest rebuilds it") {
  const Data data;
  for (const Constructor& c : constructors()) {
    CAPTURE(std::string(c.name));
    const Sources sources = data.sources();
    const Benchmark b = build(recipe(c), sources);
    CHECK(is_sound(b, sources.labels));
    CHECK(!b.train.rows.empty());
    const Manifest manifest = manifest_of(recipe(c), sources, b);
    CHECK(manifest.classes == static_cast<Index>(b.classes.size()));
    CHECK(digest(rebuild(manifest, sources)) == manifest.result);

    Data other;
    other.train[17] = (other.train[17] + 1) % 60;
    CHECK_THROWS_AS((void)rebuild(manifest, other.sources()), error);
    Manifest wrong = manifest;
    wrong.result[0] = wrong.result[0] == '0' ? '1' : '0';
    CHECK_THROWS_AS((void)rebuild(wrong, sources), error);
    if (c.needs == Needs::seed) {
      Recipe again = recipe(c);
      again.seed = 12;
      CHECK(digest(build(again, sources)) != manifest.result);
    }
  }
}

TEST_CASE("support and balanced keep their promises on the training split") {
  const Data data;
  const Sources sources = data.sources();
  const Benchmark even = build({"balanced", {{"count", 9}}, 0}, sources);
  CHECK(even.classes.size() <= 9);
  const Benchmark coarse = build({"support", {{"minimum", 120}}, 0}, sources);
  const auto below = subtree_samples(data.hierarchy, recipe_impl::node_samples(sources));
  for (const Node c : coarse.classes)
    CHECK((below[static_cast<std::size_t>(c)] >= 120 || data.hierarchy.parent(c) == no_node));
}

TEST_CASE("what a constructor needs and lacks is named") {
  const Data data;
  const std::vector<Label> labels{0, 1};
  const auto complaint = [](const Recipe& r, const Sources& s) -> std::string {
    return test::error_of([&] { (void)build(r, s); }).what();
  };
  CHECK(complaint({"nothing", {}, 0}, data.sources()) == "constructor_of: there is no constructor nothing");
  CHECK(complaint({"frequency", {}, 0}, data.sources()) ==
        "build: constructor frequency needs the parameter s");
  CHECK(complaint({"frequency", {{"s", 1.5}}, 0}, data.sources()) ==
        "build: parameter s (1.5) must be a whole number below 10^9");
  const Sources bare{{labels, {}}, nullptr, {}, {}, {}, {}};
  CHECK(complaint({"coarse", {{"depth", 1}}, 0}, bare) == "build: constructor coarse needs a hierarchy");
  CHECK(complaint({"easy", {{"count", 1}}, 0}, bare) ==
        "build: constructor easy needs the accuracy of each class");
  CHECK(complaint({"relabeled", {}, 0}, bare) == "build: constructor relabeled needs refined labels");
  CHECK(complaint({"union", {}, 0}, bare) == "build: constructor union needs class lists");
  Sources few = data.sources();
  few.class_nodes = few.class_nodes.first(3);
  CHECK(complaint({"leaves", {}, 0}, few) ==
        "build: label 58 must be below 3, the number of classes in class_nodes");
}
