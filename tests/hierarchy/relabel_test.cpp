#include "random_rows.hpp"
#include "random_tree.hpp"

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/hierarchy/relabel.hpp>

using namespace shoal;

namespace {

/// furniture 0 (chair 1 (armchair 3, stool 4), desk 2), lamp 5 alone; prototypes are angles in the plane.
Hierarchy furniture() {
  Lists<Node> parents;
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {1}, {1}, {}}) parents.append(p);
  return Hierarchy({"0", "1", "2", "3", "4", "5"},
                   {"furniture", "chair", "desk", "armchair", "stool", "lamp"}, parents);
}

Matrix<float> at(const std::vector<double>& degrees) {
  Matrix<float> m(static_cast<Index>(degrees.size()), 2);
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    m(static_cast<Index>(i), 0) = static_cast<float>(std::cos(degrees[i] * 0.017453292519943295));
    m(static_cast<Index>(i), 1) = static_cast<float>(std::sin(degrees[i] * 0.017453292519943295));
  }
  return m;
}

std::vector<Label> path(const Relabeled& r, Index i) { return {r.paths[i].begin(), r.paths[i].end()}; }

}  // namespace

TEST_CASE("HZR and p-HZR take the known paths of a small tree") {
  const Matrix<float> w = at({40, 20, 70, 10, 30, 200});
  const Matrix<float> x = at({12, 21, 41, 69, 12, 12, 199});
  const std::vector<Label> labels{0, 0, 0, 0, 1, 3, 5};
  const Cpu cpu({.threads = 2});
  const Relabeled leaf =
      relabel(furniture(), Rows(x), labels, w, {.parent = false, .temperature = 0.1f}, cpu);
  CHECK(leaf.labels == std::vector<Label>{3, 4, 4, 2, 3, 3, 5});
  CHECK(path(leaf, 0) == std::vector<Label>{0, 1, 3});
  CHECK(path(leaf, 3) == std::vector<Label>{0, 2});
  CHECK(path(leaf, 5) == std::vector<Label>{3});
  CHECK(leaf.confidence[5] == 1.f);
  const auto c = [](double degrees) { return std::cos(degrees * 0.017453292519943295) / 0.1; };
  const double first = 1 / (1 + std::exp(c(58) - c(8))), second = 1 / (1 + std::exp(c(18) - c(2)));
  CHECK(leaf.confidence[0] == doctest::Approx(first * second).epsilon(1e-4));

  const Relabeled parent =
      relabel(furniture(), Rows(x), labels, w, {.parent = true, .temperature = 0.1f}, cpu);
  CHECK(parent.labels == std::vector<Label>{3, 1, 0, 2, 3, 3, 5});  // 21° stays a chair, 41° stays furniture
  CHECK(path(parent, 1) == std::vector<Label>{0, 1});
  CHECK(path(parent, 2) == std::vector<Label>{0});

  const RelabelStatistics s = relabel_statistics(furniture(), parent);
  CHECK(s.inner == 5);
  CHECK(s.moved == 4);
  CHECK(s.by_steps == std::vector<Index>{3, 3, 1});
  CHECK(s.classes == 4);
  CHECK(s.kept_classes == 4);
  CHECK(s.classes_after == 5);
}

TEST_CASE("a tie stays, or goes to the lowest child; a node with several parents is met from each") {
  Lists<Node> parents;
  for (const std::vector<Node>& p : {std::vector<Node>{}, {0}, {0}, {1, 2}}) parents.append(p);
  const Hierarchy h({"0", "1", "2", "3"}, {"a", "b", "c", "d"}, parents);
  const Cpu cpu({.threads = 1});
  const Matrix<float> same = at({10, 10, 10, 10}), x = at({10, 10});
  CHECK(relabel(h, Rows(x), std::vector<Label>{0, 2}, same, {.parent = true}, cpu).labels ==
        std::vector<Label>{0, 2});
  CHECK(relabel(h, Rows(x), std::vector<Label>{0, 2}, same, {.parent = false}, cpu).labels ==
        std::vector<Label>{3, 3});
}

TEST_CASE(
    "random hierarchies: each path steps to the best of its contenders, the same for 1, 2 and 7 threads") {
  for (const bool parent : {false, true}) {
    const Hierarchy h = random_hierarchy(17, 50);
    const Matrix<float> w = random_rows(41, 50, 7), x = random_rows(42, 600, 7);
    std::vector<Label> labels;
    for (Index i = 0; i < 600; ++i)
      labels.push_back(i < 300 ? h.roots()[0]
                               : static_cast<Label>(Philox(43, 0).below(50, static_cast<std::uint64_t>(i))));
    const Relabeled result = relabel(h, Rows(x), labels, w, {.parent = parent}, Cpu({.threads = 2}));
    for (Index i = 0; i < 600; ++i) {
      std::vector<Label> expected{labels[static_cast<std::size_t>(i)]};
      while (!h.is_leaf(expected.back())) {
        Label best = parent ? expected.back() : h.children(expected.back())[0];
        for (const Node child : h.children(expected.back()))
          if (cosine(x, i, w, child) > cosine(x, i, w, best)) best = child;
        if (best == expected.back()) break;
        expected.push_back(best);
      }
      CHECK(path(result, i) == expected);
      CHECK(result.labels[static_cast<std::size_t>(i)] == expected.back());
      CHECK(result.confidence[static_cast<std::size_t>(i)] > 0);
      CHECK(result.confidence[static_cast<std::size_t>(i)] <= 1);
    }
    for (const int threads : {1, 7}) {
      const Relabeled again = relabel(h, Rows(x), labels, w, {.parent = parent}, Cpu({.threads = threads}));
      CHECK(again.labels == result.labels);
      CHECK(again.confidence == result.confidence);
      CHECK(again.paths.values == result.paths.values);
    }
  }
}

TEST_CASE("planted noise: labels raised to an ancestor at random come back far more often than by chance") {
  const Hierarchy h = random_hierarchy(19, 60, 1, 1);
  const Matrix<float> w = random_rows(51, 60, 24), noise = random_rows(52, 2000, 24);
  Matrix<float> x(2000, 24);
  std::vector<Label> truth, raised;
  for (Index i = 0; i < 2000; ++i) {
    const auto draw = [&](Index bound, std::uint64_t use) {
      return Philox(53, use).below(bound, static_cast<std::uint64_t>(i));
    };
    const auto label = static_cast<Label>(draw(60, 0));
    truth.push_back(label);
    for (Index j = 0; j < 24; ++j) x(i, j) = w(label, j) + 0.3f * noise(i, j);
    Node up = label;
    for (Index steps = draw(3, 1); steps > 0 && h.parent(up) != no_node; --steps) up = h.parent(up);
    raised.push_back(up);
  }
  const Relabeled result = relabel(h, Rows(x), raised, w, {}, Cpu({.threads = 2}));
  Index recovered = 0, noisy = 0;
  double chance = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (raised[i] == truth[i]) continue;
    ++noisy;
    recovered += result.labels[i] == truth[i];
    chance += 1. / static_cast<double>(h.subtree(raised[i]).size());
  }
  CHECK(noisy > 800);
  // Random prototypes say nothing of their descendants', so two steps are found less often than one.
  CHECK(static_cast<double>(recovered) > 3 * chance);
}

TEST_CASE("bad arguments of relabel") {
  const Cpu cpu({.threads = 1});
  const Matrix<float> w = at({0, 10, 20, 30, 40, 50}), x = at({5, 6});
  const auto run = [&](const std::vector<Label>& labels, const Matrix<float>& prototypes,
                       RelabelSettings s = {}) {
    return relabel(furniture(), Rows(x), labels, prototypes, s, cpu);
  };
  CHECK(run({0, 5}, w).labels.size() == 2);
  CHECK_THROWS_AS((void)run({0}, w), error);
  CHECK_THROWS_AS((void)run({0, 6}, w), error);
  CHECK_THROWS_AS((void)run({0, 5}, at({1, 2})), error);
  CHECK_THROWS_AS((void)run({0, 5}, w, {.temperature = -1}), error);
  CHECK(relabel(furniture(), Matrix<float>(0, 2), {}, w, {}, cpu).paths.size() == 0);
}
