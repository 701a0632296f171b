# The preset portable: the command once for each level of x86-64, and a launcher that becomes the best one that the
# processor runs. Levels are built as projects of their own, since one program must not hold the inline functions of
# two levels: the linker would keep either.
include(ExternalProject)
include(GNUInstallDirs)
include(ProcessorCount)
ProcessorCount(processors)
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  message(FATAL_ERROR "SHOAL_PORTABLE builds for the levels of x86-64, and this is ${CMAKE_SYSTEM_PROCESSOR}")
endif()
set(levels x86-64-v2 x86-64-v3 x86-64-v4 x86-64-v4-vnni)
set(folder ${PROJECT_BINARY_DIR}/libexec/shoal)
foreach(level IN LISTS levels)
  string(REPLACE "-vnni" " -mavx512vnni" target "-march=${level}")
  if(level MATCHES "v4")
    string(APPEND target " -mtune=icelake-server")  # instructions in the order that processors with AVX-512 like
  endif()
  ExternalProject_Add(shoal_${level} SOURCE_DIR ${PROJECT_SOURCE_DIR} BINARY_DIR ${PROJECT_BINARY_DIR}/${level}
    CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} "-DCMAKE_CXX_FLAGS=${target}"
               -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER} -DSHOAL_COMMAND=ON -DSHOAL_EXAMPLES=OFF
               -DSHOAL_TESTS=OFF
    BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> --target shoal_command --parallel ${processors}
    INSTALL_COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
            COMMAND ${CMAKE_COMMAND} -E copy <BINARY_DIR>/shoal ${folder}/shoal-${level}
    BUILD_ALWAYS ON USES_TERMINAL_BUILD ON)  # one level after another, each on all processors
  install(PROGRAMS ${folder}/shoal-${level} DESTINATION libexec/shoal)
endforeach()
add_executable(shoal_launcher ${PROJECT_SOURCE_DIR}/examples/shoal/portable/launcher.cpp)
target_compile_features(shoal_launcher PRIVATE cxx_std_20)
set_target_properties(shoal_launcher PROPERTIES OUTPUT_NAME shoal RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
install(TARGETS shoal_launcher DESTINATION ${CMAKE_INSTALL_BINDIR})
set(command_texts ${PROJECT_BINARY_DIR}/x86-64-v2)  # the manual pages and completions are the same at every level
