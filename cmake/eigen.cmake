# shoal::eigen is for sources that include <shoal/eigen.hpp>; nothing else of shoal needs Eigen.
find_package(Eigen3 3.4 NO_MODULE)
if(TARGET Eigen3::Eigen)
  add_library(shoal_eigen INTERFACE)
  add_library(shoal::eigen ALIAS shoal_eigen)
  target_link_libraries(shoal_eigen INTERFACE shoal Eigen3::Eigen)
endif()
