# shoal::mpi is for sources that include <shoal/mpi.hpp>; nothing else of shoal needs MPI (Debian: libopenmpi-dev).
find_package(MPI QUIET COMPONENTS CXX)
if(TARGET MPI::MPI_CXX)
  add_library(shoal_mpi INTERFACE)
  add_library(shoal::mpi ALIAS shoal_mpi)
  target_link_libraries(shoal_mpi INTERFACE shoal MPI::MPI_CXX)
  target_compile_definitions(shoal_mpi INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)  # C's interface is all it uses
endif()
