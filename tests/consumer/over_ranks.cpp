#include <cstdio>
#include <vector>

#include <shoal/mpi.hpp>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int result = 1;
  {
    const shoal::mpi::Ranks ranks{shoal::mpi::Communicator(MPI_COMM_WORLD), shoal::Cpu({.threads = 1})};
    const std::vector<float> values{0, 1, 0, 2, 5, 1, 6, 1};  // each rank has two of four rows
    const std::size_t first = ranks.communicator().rank() == 0 ? 0 : 4;
    const auto own = std::span(values).subspan(first, 4);
    const auto fit = shoal::fit(shoal::KMeans<>{.clusters = 2}, shoal::rows_of(own, 2), ranks);
    result = fit.labels[0] == fit.labels[1] && fit.empty == 0 ? 0 : 1;
    std::printf("rank %d: %d %d\n", ranks.communicator().rank(), fit.labels[0], fit.labels[1]);
  }
  MPI_Finalize();
  return result;
}
