// The communicator of all ranks.
#pragma once

#include <shoal/mpi/communicator.hpp>

/// That of all ranks, by which they also agree on errors: the one to use, since a second one would have to be
/// made by all of them at once. Within as_rank(), where there are several ranks.
const shoal::mpi::Communicator& all_ranks();
