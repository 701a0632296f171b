# Installs the headers, the compiled form where it was built, and what find_package(shoal) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/shoal)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/shoal DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS shoal EXPORT shoal-targets)
install(EXPORT shoal-targets NAMESPACE shoal:: DESTINATION ${package_dir})
if(TARGET shoal_compiled)
  install(TARGETS shoal_compiled EXPORT shoal-compiled-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT shoal-compiled-targets NAMESPACE shoal:: DESTINATION ${package_dir})
endif()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/shoal-config.cmake.in
                              ${PROJECT_BINARY_DIR}/shoal-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/shoal-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/shoal-config.cmake ${PROJECT_BINARY_DIR}/shoal-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/find_arrow.cmake
        DESTINATION ${package_dir})
file(RELATIVE_PATH SHOAL_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)  # so that what is installed can be moved
string(REGEX REPLACE "/$" "" SHOAL_PC_PREFIX "${SHOAL_PC_PREFIX}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/shoal.pc.in ${PROJECT_BINARY_DIR}/shoal.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/shoal.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(SHOAL_COMMAND OR SHOAL_PORTABLE)  # where it was built
  if(NOT SHOAL_PORTABLE)
    set(command_texts ${PROJECT_BINARY_DIR})
  endif()
  install(PROGRAMS ${PROJECT_BINARY_DIR}/shoal DESTINATION ${CMAKE_INSTALL_BINDIR} OPTIONAL)
  install(DIRECTORY ${command_texts}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
  set(completion ${command_texts}/completion)
  install(FILES ${completion}/shoal.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME shoal OPTIONAL)
  install(FILES ${completion}/shoal.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _shoal OPTIONAL)
  install(FILES ${completion}/shoal.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
endif()
install(CODE "set(commands \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")")
install(CODE [[
  string(REPLACE ":" ";" path "$ENV{PATH}")
  list(FIND path "${commands}" place)  # IN_LIST is a matter of policy, and what installs has none
  if(EXISTS "${commands}/shoal" AND place EQUAL -1)
    message(STATUS "shoal is in ${commands}, which is not in PATH: export PATH=${commands}:$PATH")
  endif()
]])
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
