// Starts and ends MPI, and knows the rank of this process.
#include "launch_mpi.hpp"

#include "launch.hpp"
#include "launch_by.hpp"

#include <optional>

namespace {

std::optional<shoal::mpi::Communicator> world;
int own_rank = 0, rank_count = 1;  // remain valid after MPI has ended

/// Initialises MPI, and finalises it when destroyed.
class Session {
 public:
  Session() {
    int given = 0;
    shoal::mpi::check_call(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given), "MPI_Init_thread");
    world.emplace(MPI_COMM_WORLD);
    own_rank = world->rank();
    rank_count = world->size();
  }
  ~Session() {
    world.reset();
    MPI_Finalize();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

}  // namespace

int rank() { return own_rank; }
int ranks() { return rank_count; }
const shoal::mpi::Communicator& all_ranks() { return *world; }

void as_rank(const std::function<void()>& work) {
  if (!launched_with_others()) return work();
  const Session session;
  shoal::together(shoal::AnyCommunicator(all_ranks()), work);
}
