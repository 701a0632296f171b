#include "support.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/graph/merge_clusters.hpp>

using namespace shoal;
using namespace graph_test;

namespace {

/// The best merge of two connected clusters, by the definition of F.
template <class O>
double best_after_merge(const NeighborGraph& graph, const std::vector<Label>& labels, const O& objective) {
  const Matrix<double> a = dense(graph);
  double best = -std::numeric_limits<double>::infinity();
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < i; ++j) {
      const Label c = labels[static_cast<std::size_t>(i)], d = labels[static_cast<std::size_t>(j)];
      if (c == d || a(i, j) == 0) continue;
      std::vector<Label> merged = labels;
      std::ranges::replace(merged, c, d);
      best = std::max(best, value_of(graph, merged, objective));
    }
  return best;
}

template <class O>
std::vector<Label> merged(const NeighborGraph& graph, const std::vector<Label>& labels, Index clusters,
                          const O& objective) {
  return merge_clusters(graph, std::span<const Label>(labels), clusters, objective, Cpu{});
}

}  // namespace

TEST_CASE("each merge is the best there is") {
  const NeighborGraph graph = random_graph(40, 4, 3, 5);
  const auto check_with = [&](const auto& objective) {
    std::vector<Label> labels = random_labels(40, 9, 5);
    for (Index left = 8; left >= 2; --left) {
      const double best = best_after_merge(graph, labels, objective);
      labels = merged(graph, labels, left, objective);
      REQUIRE(clusters_in(labels) == left);
      CHECK(value_of(graph, labels, objective) == doctest::Approx(best).epsilon(1e-12));
    }
  };
  check_with(Pmi{});
  check_with(Modularity{.resolution = 1.5});
}

TEST_CASE("merging step by step or at once gives the same clusters") {
  const NeighborGraph graph = random_graph(300, 5, 6, 6);
  const std::vector<Label> labels = random_labels(300, 40, 6);
  std::vector<Label> steps = labels;
  for (Index left = 39; left >= 7; --left) steps = merged(graph, steps, left, Pmi{});
  CHECK(steps == merged(graph, labels, 7, Pmi{}));
}

TEST_CASE("clusters that nothing connects are merged last, the smallest first") {
  const NeighborGraph graph = graph_of(7, {{0, 1}, {2, 3}, {3, 4}});  // 5 and 6 are isolated
  const std::vector<Label> labels{0, 1, 2, 3, 4, 5, 6};
  const std::vector<Label> four = merged(graph, labels, 4, Modularity{});
  CHECK(four == std::vector<Label>{0, 0, 1, 1, 1, 2, 3});
  CHECK(all_connected(graph, four));
  CHECK(merged(graph, labels, 3, Modularity{}) == std::vector<Label>{0, 0, 1, 1, 1, 2, 2});
  CHECK(clusters_in(merged(graph, labels, 1, Modularity{})) == 1);
}

TEST_CASE("fewer clusters than asked for stay as they are, renumbered") {
  const NeighborGraph graph = graph_of(4, {{0, 1}, {2, 3}});
  CHECK(merged(graph, {5, 5, 2, 2}, 3, Pmi{}) == std::vector<Label>{0, 0, 1, 1});
  CHECK(merged(NeighborGraph{}, {}, 1, Pmi{}).empty());
  test::refused(Errc::invalid_argument, "clusters (0)", [&] { (void)merged(graph, {0, 0, 1, 1}, 0, Pmi{}); });
}
