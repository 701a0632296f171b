// What launchers say to the processes that they start.
#pragma once

#include <array>
#include <cstdlib>
#include <string>

/// Whether a launcher has started more processes than this one: Open MPI's, MPICH's, and those of PMI.
inline bool launched_with_others() {
  for (const char* name : std::array{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const char* count = std::getenv(name); count != nullptr && std::string(count) != "1") return true;
  return false;
}
