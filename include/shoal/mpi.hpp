// Rows over many hosts: what needs MPI.
#pragma once

#include <shoal/backend/ranks.hpp>
#include <shoal/mpi/communicator.hpp>
#include <shoal/shoal.hpp>

namespace shoal::mpi {

/// `Ranks{Communicator(comm), Cpu{}}` stands where `Cpu{}` stood: each rank calls with its own rows.
using shoal::Ranks;

}  // namespace shoal::mpi
