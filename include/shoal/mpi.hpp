// Clustering of rows over many hosts: the headers that need MPI.
#pragma once

#include <shoal/backend/ranks.hpp>
#include <shoal/mpi/communicator.hpp>
#include <shoal/shoal.hpp>

namespace shoal::mpi {

/// `Ranks{Communicator(comm), Cpu{}}` is used in the place of `Cpu{}`; each rank calls with its own rows.
using shoal::Ranks;

}  // namespace shoal::mpi
