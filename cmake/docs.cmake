# The guides and the reference as HTML, where Doxygen is installed: cmake --build … --target docs, then open
# <build>/docs/html/index.html. With the command, the gallery's reports are drawn too.
find_program(SHOAL_DOXYGEN doxygen)
if(SHOAL_DOXYGEN)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/docs/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
  set(command "")
  if(SHOAL_COMMAND)
    set(command $<TARGET_FILE:shoal_command> ${CMAKE_CURRENT_SOURCE_DIR}/examples/data ${PROJECT_BINARY_DIR}/docs/html/gallery)
  endif()
  add_custom_target(docs COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/docs.sh ${SHOAL_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile ${command}
                    COMMENT "The guides and the reference: ${PROJECT_BINARY_DIR}/docs/html/index.html")
  if(SHOAL_COMMAND)
    add_dependencies(docs shoal_command)
  endif()
endif()
