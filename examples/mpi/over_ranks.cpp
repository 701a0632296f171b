// How do I cluster rows that many processes hold, each its own part?     mpirun -n 4 example_over_ranks DATA
#include <cstdio>
#include <string>

#include <shoal/mpi.hpp>

int cluster(const shoal::mpi::Communicator& comm, const std::string& folder) try {
  const shoal::mpi::Ranks ranks{comm, shoal::Cpu({.threads = 1})};
  // Here all ranks can read all files; elsewhere each maps a file of its own, of any number of rows.
  const auto features = shoal::npy::map_shards(folder + "/features.npy");
  const auto truth = shoal::npy::read_vector<shoal::Label>(folder + "/labels.npy");
  const auto rows = shoal::RowRange::part(features, comm.rank(), comm.size());
  const auto first = static_cast<std::size_t>(rows.first());

  const auto result = shoal::fit(shoal::KMeans<>{.clusters = 24, .seed = 1}, rows, ranks);
  const auto quality =
      shoal::evaluate(result.labels, std::span(truth).subspan(first, result.labels.size()), ranks);
  const auto neighbors = shoal::exact_neighbors(rows, {.count = 5}, ranks);

  std::printf("rank %d of %d: rows %lld to %lld; the first is in cluster %d, next to row %d\n", comm.rank(),
              comm.size(), static_cast<long long>(first), static_cast<long long>(rows.first() + rows.rows()),
              result.labels[0], neighbors.ids(0, 0));
  if (comm.rank() == 0)
    std::printf("all %lld rows: ACC %.3f  NMI %.3f  AMI %.3f  ARI %.3f\n",
                static_cast<long long>(quality.samples), quality.acc, quality.nmi, quality.ami, quality.ari);
  return quality.acc > 0.5 ? 0 : 1;
} catch (const shoal::error& e) {  // the same on all ranks
  if (comm.rank() == 0) std::fprintf(stderr, "%s\n", e.what());
  return 1;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int result = cluster(shoal::mpi::Communicator(MPI_COMM_WORLD), argc > 1 ? argv[1] : "examples/data");
  MPI_Finalize();
  return result;
}
