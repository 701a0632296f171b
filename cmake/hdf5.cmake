# shoal::hdf5 is for sources that include <shoal/hdf5.hpp>, where HDF5 is installed (Debian: libhdf5-dev); nothing else of
# shoal needs it.
find_path(HDF5_INCLUDE_DIR hdf5.h PATH_SUFFIXES hdf5/serial)
find_library(HDF5_LIBRARY NAMES hdf5 hdf5_serial PATH_SUFFIXES hdf5/serial)
if(HDF5_INCLUDE_DIR AND HDF5_LIBRARY)
  add_library(shoal_hdf5 INTERFACE)
  add_library(shoal::hdf5 ALIAS shoal_hdf5)
  target_compile_definitions(shoal_hdf5 INTERFACE SHOAL_HDF5)
  target_include_directories(shoal_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIR})
  target_link_libraries(shoal_hdf5 INTERFACE shoal ${HDF5_LIBRARY})
else()
  message(STATUS "No HDF5 found: .h5 files are refused")
endif()
