// Runs one process, in a build without MPI.
#include "launch.hpp"
#include "launch_by.hpp"

#include <shoal/core/check.hpp>

int rank() { return 0; }
int ranks() { return 1; }

void as_rank(const std::function<void()>& work) {
  shoal::check(!launched_with_others(), shoal::Errc::invalid_argument,
               "mpirun: this build has no MPI; configure where CMake finds one (Debian: libopenmpi-dev)");
  work();
}
