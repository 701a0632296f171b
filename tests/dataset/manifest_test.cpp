#include "../hierarchy/random_rows.hpp"
#include "../hierarchy/random_tree.hpp"
#include "splits.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/dataset/manifest.hpp>
#include <shoal/hierarchy/relabel.hpp>

using namespace shoal;

TEST_CASE(
    "the manifest of a relabelled benchmark rebuilds the same bytes from relabelling on 1, 2 and 7 threads") {
  const Hierarchy h = random_hierarchy(4, 40);
  const Matrix<float> x = random_rows(1, 1200, 9), v = random_rows(2, 400, 9), w = random_rows(3, 40, 9);
  const std::vector<Label> train(1200, h.roots()[0]), validation(400, h.roots()[0]);
  std::string first;
  for (const int threads : {1, 2, 7}) {
    const Cpu cpu({.threads = threads});
    const Relabeled a = relabel(h, Rows(x), train, w, {}, cpu),
                    b = relabel(h, Rows(v), validation, w, {}, cpu);
    const Sources sources{{train, validation}, nullptr, {}, {a.labels, b.labels}, {}, {}};
    const Recipe recipe{"relabeled", {}, 0};
    const Manifest manifest = manifest_of(recipe, sources, build(recipe, sources));
    if (first.empty()) first = manifest.result;
    CHECK(manifest.result == first);
  }
}

TEST_CASE("digests tell apart whatever differs") {
  const Benchmark b{{{0, 2}, {0, 1}}, {{1}, {0}}, {3, 5}};
  const std::string original = digest(b);
  CHECK(original.size() == 64);
  Benchmark other = b;
  other.classes[1] = 6;
  CHECK(digest(other) != original);
  other = b;
  other.train.rows[0] = 1;
  CHECK(digest(other) != original);
  other = b;
  other.validation.labels[0] = 1;
  CHECK(digest(other) != original);
  CHECK(digest(Benchmark{{{0}, {0}}, {}, {}}) != digest(Benchmark{{}, {{0}, {0}}, {}}));

  const auto hierarchy = [](const std::vector<std::vector<Node>>& above, Primary primary = Primary::first) {
    Lists<Node> parents;
    std::vector<std::string> ids;
    for (const auto& p : above) {
      parents.append(p);
      ids.push_back("x" + std::to_string(ids.size()));
    }
    return digest(Hierarchy(ids, ids, parents, primary));
  };
  CHECK(hierarchy({{}, {0}, {1, 0}}) != hierarchy({{}, {0}, {0, 1}}));
  CHECK(hierarchy({{}, {0}, {1, 0}}) != hierarchy({{}, {0}, {1, 0}}, Primary::shallowest));
  CHECK(hierarchy({{}, {0}, {1}}) == hierarchy({{}, {0}, {1}}));
}

TEST_CASE("a source that the manifest names must be given") {
  const std::vector<Label> train{0, 1, 1}, validation{0};
  const Sources sources{{train, validation}, nullptr, {}, {}, {}, {}};
  const Recipe recipe{"odd", {}, 3};
  const Manifest manifest = manifest_of(recipe, sources, build(recipe, sources));
  CHECK(manifest.inputs.size() == 2);
  const Sources half{{train, {}}, nullptr, {}, {}, {}, {}};
  CHECK_THROWS_WITH_AS((void)rebuild(manifest, half),
                       "rebuild: the manifest names validation_labels, which is not given", error);
}
