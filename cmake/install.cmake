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
        DESTINATION ${package_dir})
if(SHOAL_COMMAND)  # where it was built
  install(PROGRAMS ${PROJECT_BINARY_DIR}/shoal DESTINATION ${CMAKE_INSTALL_BINDIR} OPTIONAL)
  install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
