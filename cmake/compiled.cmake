# shoal::compiled is the compiled form of the named methods: a static library of the same headers. What links it
# compiles in seconds, since the headers then declare what the library holds (docs/design.md, "Compile time").
if(SHOAL_COMPILED)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
  add_library(shoal_compiled STATIC ${sources})
  add_library(shoal::compiled ALIAS shoal_compiled)
  set_target_properties(shoal_compiled PROPERTIES EXPORT_NAME compiled POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(shoal_compiled PUBLIC shoal)
  if(NOT PROJECT_IS_TOP_LEVEL AND NOT SHOAL_INSTALL)  # a project that includes shoal builds it where something links it
    set_target_properties(shoal_compiled PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  target_compile_definitions(shoal_compiled INTERFACE SHOAL_COMPILED)
  # A program and the library must be compiled for the same processor: vectors have its width.
  string(REGEX MATCHALL "-m(arch|cpu|tune|avx|fma|f16c|sse)[^ ]*" processor "${CMAKE_CXX_FLAGS}")
  target_compile_options(shoal_compiled INTERFACE ${processor})
endif()
# What the command, the examples and the tests link: the compiled form where it is built, for the same results sooner.
set(shoal_library $<IF:$<TARGET_EXISTS:shoal::compiled>,shoal::compiled,shoal::shoal>)
