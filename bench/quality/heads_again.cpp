// Do heads gain from the neighbour graph? TEMI trained on the pairs of 50 or 10 nearest neighbours; on pairs
// of the graph, drawn by their weight a_ij; and on those after a fifth of the epochs on pairs of one of the
// graph's clusters, so that it starts from them. No label is read.
//
//     heads_again FEATURES.npy CLUSTERS VARIANT SEED LABELS.npy [EPOCHS [GRAPH_LABELS.npy]]
//
// VARIANT: nearest-50, nearest-10, weighted or started; `started` needs GRAPH_LABELS, those of shoal cluster
// --method auto. Prints the loss of the best head in the last epoch and the seconds.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/graph/view_graph.hpp>
#include <shoal/heads/fit.hpp>
#include <shoal/heads/small_data.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/sampling/nearest_pairs.hpp>
#include <shoal/sampling/oracle_pairs.hpp>

using namespace shoal;

namespace {

/// A sample meets one of its neighbours in the graph with a probability in proportion to a_ij; in the first
/// epochs, where labels are given, one of its own label.
struct GraphPairs {
  const NeighborGraph* graph;
  const OraclePairs* start;  ///< by the labels of the graph, none of the truth
  Index start_epochs;

  void validate(AnyRows features) const {
    check(graph->nodes() == features.rows(), Errc::invalid_argument, "GraphPairs: the graph has ",
          graph->nodes(), " nodes; the features have ", features.rows(), " rows");
  }
  void pairs(AnyRows features, std::span<const Index> ids, Draw draw, MatrixView<float> x,
             MatrixView<float> partner) const {
    gather_pairs(features, ids, x, partner, [&](Index id) {
      return draw.epoch < start_epochs ? start->partner_of(id, draw) : neighbor_of(id, draw);
    });
  }

 private:
  [[nodiscard]] Index neighbor_of(Index id, Draw draw) const {
    constexpr Index steps = Index{1} << 30;
    double left = graph->degree(id) * static_cast<double>(draw.below(steps, id)) / static_cast<double>(steps);
    for (const Edge<float>& edge : graph->row(id))
      if ((left -= double{edge.weight}) < 0) return edge.target;
    return id;
  }
};
static_assert(Sampler<GraphPairs>);

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(
        stderr,
        "usage: heads_again FEATURES.npy CLUSTERS VARIANT SEED LABELS.npy [EPOCHS [GRAPH_LABELS.npy]]\n");
    return 2;
  }
  const MappedRows rows = npy::map(argv[1]);
  const std::string variant = argv[3];
  const Cpu cpu;
  TEMI settings{.clusters = std::atoll(argv[2]), .heads = 4, .seed = std::strtoull(argv[4], nullptr, 10)};
  if (argc > 6 && std::atoll(argv[6]) > 0) settings.epochs = std::atoll(argv[6]);
  settings = small_data(settings, rows.rows());
  const auto begin = std::chrono::steady_clock::now();
  HeadFit found;
  if (variant.starts_with("nearest-")) {
    const Neighbors near = exact_neighbors(rows, {.count = std::atoll(variant.c_str() + 8)}, cpu);
    found = fit(settings, rows, NearestPairs(near), cpu);
  } else {
    const NeighborGraph graph = view_graph(rows, default_neighbors(rows.rows(), settings.clusters), 2, cpu);
    std::optional<OraclePairs> start;
    if (variant == "started") start.emplace(npy::read_vector<Label>(argc > 7 ? argv[7] : ""));
    found = fit(settings, rows,
                GraphPairs{&graph, start ? &*start : nullptr, start ? settings.epochs / 5 : 0}, cpu);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  npy::write(argv[5], found.labels);
  std::printf("{\"loss\": %.6f, \"seconds\": %.1f}\n", found.history.back().best_loss, took.count());
}
