#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/aggregate.hpp>
#include <shoal/graph/refine.hpp>

using namespace shoal;
using namespace graph_test;

namespace {
std::span<const Label> view(const std::vector<Label>& labels) { return labels; }

/// Moves nodes one by one, as METHODS describes them, from F's definition on: the oracle of local optima.
template <class O>
bool can_gain(const NeighborGraph& graph, const std::vector<Label>& labels, const O& objective) {
  const double before = value_of(graph, labels, objective);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::ranges::count(labels, labels[i]) == 1) continue;
    for (const auto& edge : graph.row(static_cast<Index>(i))) {
      std::vector<Label> after = labels;
      after[i] = labels[static_cast<std::size_t>(edge.target)];
      if (value_of(graph, after, objective) > before + 1e-9 * graph.total) return true;
    }
  }
  return false;
}
}  // namespace

TEST_CASE("refining ends where no single move gains, and never loses on the way") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    const NeighborGraph graph = random_graph(60, 4, 5, seed);
    const std::vector<Label> labels = random_labels(60, 5, seed);
    const auto check_with = [&](const auto& objective) {
      const Refinement better =
          refine(view(labels), graph, objective, {.sweeps = 100, .tolerance = 0}, Cpu{});
      CHECK(better.before == doctest::Approx(value_of(graph, labels, objective)).epsilon(1e-12));
      CHECK(better.objective == doctest::Approx(value_of(graph, better.labels, objective)).epsilon(1e-12));
      CHECK(better.sweeps.back().moved == 0);
      double last = better.before;
      for (const Sweep& sweep : better.sweeps) {
        CHECK(sweep.objective >= last - 1e-12 * graph.total);
        CHECK(sweep.visited == 60);
        last = sweep.objective;
      }
      CHECK(clusters_in(better.labels) == 5);
      CHECK_FALSE(can_gain(graph, better.labels, objective));
    };
    check_with(Pmi{});
    check_with(Modularity{.resolution = 2});
  }
}

TEST_CASE("groups that the graph shows are found from labels that are mostly wrong") {
  const Index n = 600, groups = 6;
  const NeighborGraph graph = random_graph(n, 10, groups, 9);
  std::vector<Label> labels = random_labels(n, groups, 3);
  for (Index i = 0; i < n; i += 2) labels[static_cast<std::size_t>(i)] = static_cast<Label>(i % groups);
  const Refinement better = refine(view(labels), graph, Pmi{}, {}, Cpu{});
  Index right = 0;
  for (Index i = 0; i < n; ++i) right += better.labels[static_cast<std::size_t>(i)] == i % groups;
  CHECK(right > n * 95 / 100);
}

TEST_CASE("the same bits for 1, 2 and 7 threads") {
  const NeighborGraph graph = random_graph(9000, 6, 40, 4);
  const std::vector<Label> labels = random_labels(9000, 40, 4);
  const Refinement one = refine(view(labels), graph, Pmi{}, {.seed = 5}, Cpu({.threads = 1}));
  CHECK(one.objective > one.before);
  for (const int threads : {2, 7}) {
    const Refinement other = refine(view(labels), graph, Pmi{}, {.seed = 5}, Cpu({.threads = threads}));
    CHECK(other.labels == one.labels);
    CHECK(other.objective == one.objective);
    CHECK(other.sweeps.size() == one.sweeps.size());
  }
  CHECK(refine(view(labels), graph, Pmi{}, {.seed = 6}, Cpu{}).labels != one.labels);
}

TEST_CASE("renamed clusters are refined to the same clusters") {
  const NeighborGraph graph = random_graph(500, 5, 7, 6);
  std::vector<Label> labels = random_labels(500, 7, 6), renamed = labels;
  for (Label& label : renamed) label = 6 - label;
  const std::vector<Label> a = refine(view(labels), graph, Pmi{}, {}, Cpu{}).labels;
  const std::vector<Label> b = refine(view(renamed), graph, Pmi{}, {}, Cpu{}).labels;
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == 6 - b[i]);
}

TEST_CASE("no nodes, one, one cluster, as many clusters as nodes, isolated nodes, names with gaps") {
  const Cpu cpu;
  const NeighborGraph none;
  CHECK(refine(view({}), none, Pmi{}, {}, cpu).labels.empty());
  const NeighborGraph single = graph_of(1, {});
  CHECK(refine(view({0}), single, Pmi{}, {}, cpu).labels == std::vector<Label>{0});
  const NeighborGraph graph = random_graph(30, 4, 3, 7);
  const std::vector<Label> whole(30, 0);
  CHECK(refine(view(whole), graph, Pmi{}, {}, cpu).labels == whole);
  std::vector<Label> alone = random_labels(30, 30, 7);
  CHECK(refine(view(alone), graph, Pmi{}, {}, cpu).labels == alone);
  const NeighborGraph loose = graph_of(7, {{0, 1}, {0, 2}, {1, 2}, {3, 4}, {3, 5}, {4, 5}});  // 6 is isolated
  constexpr Label far = std::numeric_limits<Label>::max();                                    // only a name
  CHECK(refine(view({0, 0, far, far, far, far, far}), loose, Pmi{}, {}, cpu).labels ==
        std::vector<Label>{0, 0, 0, far, far, far, far});
}

TEST_CASE("refining with no sweeps only scores, and a hook can stop it") {
  const NeighborGraph graph = random_graph(200, 5, 4, 8);
  const std::vector<Label> labels = random_labels(200, 4, 8);
  const Refinement scored = refine(view(labels), graph, Pmi{}, {.sweeps = 0}, Cpu{});
  CHECK(scored.labels == labels);
  CHECK(scored.objective == scored.before);
  const Hook stop = [](const Progress& progress) { return progress.done < 1; };
  CHECK(refine(view(labels), graph, Pmi{}, {}, Cpu{}, stop).sweeps.size() == 1);
}

TEST_CASE("what can't be refined is refused") {
  const NeighborGraph graph = random_graph(20, 3, 2, 1);
  const std::vector<Label> few(19, 0);
  std::vector<Label> negative(20, 0);
  negative[4] = -1;
  test::refused(Errc::invalid_argument, "labels (19)",
                [&] { (void)refine(view(few), graph, Pmi{}, {}, Cpu{}); });
  test::refused(Errc::invalid_argument, "label -1 of node 4",
                [&] { (void)refine(view(negative), graph, Pmi{}, {}, Cpu{}); });
  test::refused(Errc::invalid_argument, "sweeps",
                [&] { (void)refine(view(std::vector<Label>(20, 0)), graph, Pmi{}, {.sweeps = -1}, Cpu{}); });
}
