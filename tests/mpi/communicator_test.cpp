#include <doctest/doctest.h>

#include <shoal/laws/communicator.hpp>
#include <shoal/mpi/communicator.hpp>

using namespace shoal;

TEST_CASE("MPI's ranks are a communicator; so are those of any part of them, at the same time") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  laws::obeys_communicator(world);
  MPI_Comm half;
  MPI_Comm_split(MPI_COMM_WORLD, world.rank() % 2, -world.rank(), &half);  // and in another order
  const mpi::Communicator part(half);
  MPI_Comm_free(&half);  // the copy lives on
  CHECK(part.size() == (world.size() + 1 - world.rank() % 2) / 2);
  laws::obeys_communicator(part);
  const mpi::Communicator copy = part;
  std::int64_t one = 1;
  copy.sum({&one, 1});
  world.sum({&one, 1});
}

TEST_CASE("a communicator that is none is refused in MPI's words") {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  CHECK_THROWS_AS(mpi::Communicator(MPI_COMM_NULL), error);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
}
