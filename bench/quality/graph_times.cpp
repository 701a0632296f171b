// How long do the neighbours, their graph and local moves take on real rows? Processor seconds of one thread,
// which other work on the machine disturbs least.
//
//     graph_times FEATURES.npy CLUSTERS [NEIGHBORS]
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <shoal/backend/cpu.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/graph/refine.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/exact.hpp>

using namespace shoal;

namespace {

/// F / M where nodes are asked and moved one by one, in as many sweeps as `like` took.
double one_by_one(const std::vector<Label>& start, const NeighborGraph& graph, Index clusters,
                  const Refinement& like, Workers workers) {
  std::vector<Label> labels = start;
  LocalMoves<float, Pmi> moves(graph, labels, clusters, Pmi{}, ClusterCount::kept, workers, 1);
  Sweep last;
  for (std::size_t t = 0; t < like.sweeps.size(); ++t) {
    moves.visit_all();
    last = moves.sweep(Philox(0, 0x30000 + t));
  }
  return last.objective / graph.total;
}

double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: graph_times FEATURES.npy CLUSTERS [NEIGHBORS]\n");
    return 2;
  }
  const MappedRows rows = npy::map(argv[1]);
  const Index clusters = std::atoll(argv[2]), m = argc > 3 ? std::atoll(argv[3]) : 30;
  const Cpu cpu({.threads = 1});
  const double start = seconds();
  const Neighbors near = exact_neighbors(rows, {.count = m, .keep_similarities = true}, cpu);
  const double searched = seconds();
  const NeighborGraph graph = neighbor_graph(near, cpu);
  const double built = seconds();
  const KMeansResult labels = fit(KMeans<>{.clusters = clusters}, rows, cpu);
  const double clustered = seconds();
  const Refinement refined = refine(labels.labels, graph, Pmi{}, {}, cpu);
  const double moved = seconds();
  std::printf(
      "%lld rows, m = %lld, C = %lld: neighbours %.2f s, graph %.2f s, k-means %.2f s, local moves %.2f s\n",
      static_cast<long long>(rows.rows()), static_cast<long long>(m), static_cast<long long>(clusters),
      searched - start, built - searched, clustered - built, moved - clustered);
  const double sequential = one_by_one(labels.labels, graph, clusters, refined, cpu);
  std::printf("F / M from %.5f to %.5f in %zu sweeps; to %.5f where nodes move one by one\n",
              refined.before / graph.total, refined.objective / graph.total, refined.sweeps.size(),
              sequential);
}
