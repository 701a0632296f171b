# shoal::arrow is for sources that include <shoal/arrow.hpp>, where Arrow's C++ library with Parquet is installed; nothing
# else of shoal needs it. That is found by its CMake package (conda-forge's libarrow and libparquet, Apache's packages for
# Debian), or in a pyarrow that pip installed, which holds the library and its headers, where -DSHOAL_PYARROW=PYTHON names
# the interpreter that imports it: what is built then loads the libraries from there.
set(SHOAL_PYARROW "" CACHE STRING "A Python interpreter whose pyarrow gives Arrow's C++ library")
include(${CMAKE_CURRENT_LIST_DIR}/find_arrow.cmake)
if(shoal_arrow_libraries)
  add_library(shoal_arrow INTERFACE)
  add_library(shoal::arrow ALIAS shoal_arrow)
  target_compile_definitions(shoal_arrow INTERFACE SHOAL_ARROW)
  target_include_directories(shoal_arrow SYSTEM INTERFACE ${shoal_arrow_includes})
  target_link_libraries(shoal_arrow INTERFACE shoal ${shoal_arrow_libraries})
else()
  message(STATUS "No Arrow found: .parquet and .arrow files are refused")
endif()
