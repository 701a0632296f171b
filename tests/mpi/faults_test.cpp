#include "mpi/support.hpp"
#include "support/scratch.hpp"

#include <shoal/io/npy.hpp>

using namespace shoal;

TEST_CASE("a rank that can't read its shard names itself and the file, at every rank") {
  const mpi::Communicator world(MPI_COMM_WORLD);
  const Scratch folder("shard-" + std::to_string(world.rank()), memory_folder());
  const std::string path = (folder / "shard.npy").string();
  const bool last = world.rank() == world.size() - 1;
  if (!last) npy::write(path, Matrix<float>(3, 2, 1.f));
  std::string said;
  try {
    together(AnyCommunicator(world), [&] { (void)npy::map(path); });
  } catch (const error& e) {
    said = e.what();
    CHECK(e.code() == Errc::bad_file);
  }
  CHECK(said.find("shard-" + std::to_string(world.size() - 1)) != std::string::npos);
  if (world.size() > 1)
    CHECK(said.starts_with("rank " + std::to_string(world.size() - 1) + " of " +
                           std::to_string(world.size()) + ": "));
}
