# shoal::onednn is shoal with multiply_by_onednn, where oneDNN is installed (Debian: libdnnl-dev).
find_library(DNNL_LIBRARY dnnl)
find_path(DNNL_INCLUDE_DIR dnnl.h)
find_package(OpenMP COMPONENTS CXX)
if(DNNL_LIBRARY AND DNNL_INCLUDE_DIR AND OpenMP_CXX_FOUND)
  add_library(shoal_onednn INTERFACE)
  add_library(shoal::onednn ALIAS shoal_onednn)
  target_compile_definitions(shoal_onednn INTERFACE SHOAL_ONEDNN)
  target_include_directories(shoal_onednn SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
  target_link_libraries(shoal_onednn INTERFACE shoal ${DNNL_LIBRARY} OpenMP::OpenMP_CXX)
  # Where OpenMP is on, Eigen would start threads of its own inside each of shoal's.
  target_compile_definitions(shoal_onednn INTERFACE EIGEN_DONT_PARALLELIZE)
endif()
