// How do two halves of my ranks cluster two views of the data at once?     mpirun -n 4 example_two_groups
// DATA
#include <cstdio>
#include <string>

#include <shoal/mpi.hpp>

int cluster(const shoal::mpi::Communicator& group, const std::string& file) {
  const shoal::mpi::Ranks ranks{group, shoal::Cpu({.threads = 1})};
  const auto features = shoal::npy::map(file);
  const auto rows = shoal::RowRange::part(features, group.rank(), group.size());
  const auto result = shoal::fit(shoal::KMeans<>{.clusters = 24, .seed = 1}, rows, ranks);
  if (group.rank() == 0)
    std::printf("%s: %d ranks, objective %.1f\n", file.c_str(), group.size(), result.objective);
  return result.empty == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const std::string folder = argc > 1 ? argv[1] : "examples/data";
  int rank = 0, result = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm half;  // yours; shoal duplicates it
  MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &half);
  try {
    result =
        cluster(shoal::mpi::Communicator(half), folder + (rank % 2 ? "/view_gloss.npy" : "/view_lemma.npy"));
  } catch (const shoal::error& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  MPI_Comm_free(&half);
  MPI_Finalize();
  return result;
}
