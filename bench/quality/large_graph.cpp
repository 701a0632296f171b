// How long do the neighbour graph and local moves take, and in how much memory, as rows grow? Generated
// neighbours: each row has m, nine in ten of them in its own group of 1,000 rows. No features are needed.
//
//     large_graph [ROWS [NEIGHBORS [THREADS]]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/resource.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/graph/plan.hpp>
#include <shoal/graph/refine.hpp>

using namespace shoal;

namespace {

/// A gibibyte, in bytes.
constexpr double gibibyte = 0x1p30;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The most memory that the process has held, in bytes.
double peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Rows with the same remainder by the number of groups are a group.
Matrix<std::int32_t> generated(Index n, Index m, Index groups, Workers workers) {
  Matrix<std::int32_t> ids(n, m);
  const Philox random(1, 0);
  const Index of_group = n / groups;
  workers.each_row(n, [&](Index i) {
    for (Index k = 0; k < m; ++k) {
      const auto at = static_cast<std::uint64_t>(2 * (i * m + k));
      const bool inside = random.uniform(at) < 0.9;
      ids(i, k) = static_cast<std::int32_t>(inside ? random.below(of_group, at + 1) * groups + i % groups
                                                   : random.below(n, at + 1));
    }
  });
  return ids;
}

}  // namespace

int main(int argc, char** argv) {
  const Index n = argc > 1 ? std::atoll(argv[1]) : 1'000'000, m = argc > 2 ? std::atoll(argv[2]) : 30;
  const Cpu cpu({.threads = argc > 3 ? std::atoi(argv[3]) : 0});
  const Index groups = std::max<Index>(1, n / 1000);
  const Matrix<std::int32_t> ids = generated(n, m, groups, cpu);
  const double before = peak(), start = now(), busy = processor_seconds();
  const NeighborGraph graph = neighbor_graph(NeighborView(ids), cpu);
  const double built = now(), busy_built = processor_seconds();
  std::vector<Label> labels(static_cast<std::size_t>(n));  // a third of the rows begin in a wrong cluster
  const Philox random(2, 0);
  for (Index i = 0; i < n; ++i) {
    const auto at = static_cast<std::uint64_t>(2 * i);
    labels[static_cast<std::size_t>(i)] =
        static_cast<Label>(random.uniform(at) < 0.33 ? random.below(groups, at + 1) : i % groups);
  }
  const double ready = now(), busy_ready = processor_seconds();
  const Refinement found = refine(std::span<const Label>(labels), graph, Pmi{}, {}, cpu);
  const double refined = now(), busy_refined = processor_seconds();
  Index right = 0;
  for (Index i = 0; i < n; ++i) right += found.labels[static_cast<std::size_t>(i)] == i % groups;
  const double planned = before + static_cast<double>(bytes_for(n, sizeof(Label))) +
                         static_cast<double>(plan_refine(n, m, groups, cpu.threads()).total());
  std::printf(
      "%lld rows, m = %lld, %d threads: graph %.2f s, %.2f of a processor; %zu sweeps of moves %.2f s, %.2f "
      "of "
      "a processor; peak %.3f GiB where %.3f are planned, the neighbours' %.3f among them; F / M %.4f to "
      "%.4f, "
      "%.4f of rows in their group\n",
      static_cast<long long>(n), static_cast<long long>(m), cpu.threads(), built - start, busy_built - busy,
      found.sweeps.size(), refined - ready, busy_refined - busy_ready, peak() / gibibyte, planned / gibibyte,
      before / gibibyte, found.before / graph.total, found.objective / graph.total,
      static_cast<double>(right) / static_cast<double>(n));
}
