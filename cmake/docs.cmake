# The reference as HTML, where Doxygen is installed: cmake --build … --target docs, then open
# <build>/docs/html/index.html.
find_program(SHOAL_DOXYGEN doxygen)
if(SHOAL_DOXYGEN)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/docs/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
  add_custom_target(docs COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/docs.sh ${SHOAL_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
                    COMMENT "The reference: ${PROJECT_BINARY_DIR}/docs/html/index.html")
endif()
