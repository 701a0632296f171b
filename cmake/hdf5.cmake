# shoal::hdf5 is for sources that include <shoal/hdf5.hpp>, where HDF5 is installed (Debian: libhdf5-dev); nothing else of
# shoal needs it.
enable_language(C)  # CMake finds HDF5 by asking its C compiler
find_package(HDF5 1.10.5 QUIET COMPONENTS C)
if(HDF5_FOUND)
  add_library(shoal_hdf5 INTERFACE)
  add_library(shoal::hdf5 ALIAS shoal_hdf5)
  target_compile_definitions(shoal_hdf5 INTERFACE SHOAL_HDF5)
  target_include_directories(shoal_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
  target_link_libraries(shoal_hdf5 INTERFACE shoal ${HDF5_C_LIBRARIES})
  message(STATUS "HDF5 ${HDF5_VERSION}: .h5 files are read")
else()
  message(STATUS "No HDF5 found: .h5 files are refused")
endif()
