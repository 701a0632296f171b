// How long do m neighbours of every row take? One line of JSON a search: seconds from the mapped file to the
// ids, the bytes planned, the recall on 1,000 rows. neighbors.py runs it in turn with the rivals. usage:
// peer_neighbors FEATURES.npy COUNT exact|LISTS PROBES OUT.npy
#include <chrono>
#include <cstdio>
#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

using namespace shoal;

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const std::string lists = argv[3];
  const bool exact = lists == "exact";
  const ListSettings how{.lists = exact ? 0 : std::stoll(lists), .probes = std::stoll(argv[4])};
  const NeighborSettings settings{.count = std::stoll(argv[2])};
  const Cpu cpu;
  const MappedRows features = npy::map(argv[1]);
  const auto start = std::chrono::steady_clock::now();
  const Neighbors found =
      exact ? exact_neighbors(features, settings, cpu) : approximate_neighbors(features, settings, how, cpu);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::size_t bytes = exact ? plan(settings, {features.rows(), features.cols()}, cpu).total()
                                  : plan(settings, how, {features.rows(), features.cols()}, cpu).total();
  const double recall = exact ? 1 : neighbor_recall(features, found, settings.similarity, 1000, cpu);
  std::printf("{\"seconds\": %.3f, \"planned_mib\": %.1f, \"recall\": %.4f}\n", seconds,
              static_cast<double>(bytes) / 1048576, recall);
  npy::write(argv[5], found.ids);
}
