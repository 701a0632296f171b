# One fuzzer for each reader, tests/fuzz/*.cpp, built when it is run: by the test fuzz, some thousand inputs each, or
# by tests/campaign.sh, millions. libFuzzer comes with clang; the compiler of the project may be another.
find_program(FUZZ_COMPILER NAMES clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
set(includes -I${CMAKE_CURRENT_SOURCE_DIR}/fuzz/memory -I${PROJECT_SOURCE_DIR}/include -I${CMAKE_CURRENT_SOURCE_DIR} -I${PROJECT_SOURCE_DIR}/examples/shoal)
set(thorough -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all ${includes})
if(FUZZ_COMPILER)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/fuzz/probe.cpp
       "#include <string>\nextern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n")
  execute_process(COMMAND ${FUZZ_COMPILER} ${thorough} probe.cpp -o probe -pthread
                  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz
                  RESULT_VARIABLE unable OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT FUZZ_COMPILER OR unable)
  message(STATUS "No clang++ with libFuzzer found: the test fuzz is left out")
  return()
endif()

# fuzz/fuzz_READER has the sanitizers of addresses and undefined behaviour. fuzz/quick/fuzz_READER, of the campaign
# alone, tries two to four times as many inputs: it has no sanitizer of addresses, undefined behaviour and assertions of
# the standard library end it, and comparisons are not traced. What it gathers is tried again with the sanitizers.
set(quick -std=c++20 -O2 -g1 -fsanitize=fuzzer,undefined -fsanitize-trap=undefined -D_GLIBCXX_ASSERTIONS
          -fno-sanitize-coverage=trace-cmp,indirect-calls,stack-depth ${includes})
set(launcher ${CMAKE_CXX_COMPILER_LAUNCHER})
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz/quick)
file(GLOB readers RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz CONFIGURE_DEPENDS fuzz/*.cpp)
set(arrow_compiled)
set(arrow_linked)
if(SHOAL_PYARROW)  # whose libraries are files, which is what the fuzzers can be linked to
  list(TRANSFORM shoal_arrow_includes PREPEND -isystem OUTPUT_VARIABLE arrow_compiled)
  foreach(library IN LISTS shoal_arrow_libraries)
    get_filename_component(folder ${library} DIRECTORY)
    list(APPEND arrow_linked ${library} -Wl,-rpath,${folder})
  endforeach()
else()
  list(REMOVE_ITEM readers arrow.cpp)
endif()
foreach(source IN LISTS readers)
  get_filename_component(reader ${source} NAME_WE)
  foreach(kind IN ITEMS thorough quick)
    set(program fuzz/fuzz_${reader})
    if("${kind}" STREQUAL "quick")
      set(program fuzz/quick/fuzz_${reader})
    endif()
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${program}.o)
    add_custom_command(
      OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${program}
      COMMAND ${launcher} ${FUZZ_COMPILER} ${${kind}} ${${reader}_compiled} -MD -MT ${program} -MF ${object}.d -c
              ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${source} -o ${object}
      COMMAND ${FUZZ_COMPILER} ${${kind}} ${object} ${${reader}_linked} -o ${CMAKE_CURRENT_BINARY_DIR}/${program} -pthread
      DEPENDS fuzz/${source}
      DEPFILE ${object}.d
      COMMENT "Building ${program}"
      VERBATIM)
    list(APPEND ${kind}_programs ${CMAKE_CURRENT_BINARY_DIR}/${program})
  endforeach()
endforeach()
add_custom_target(fuzzers DEPENDS ${thorough_programs})
add_custom_target(quick_fuzzers DEPENDS ${quick_programs})

add_test(NAME build_fuzzers COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target fuzzers --parallel 2)
add_test(NAME fuzz COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/run.sh ${CMAKE_CURRENT_BINARY_DIR}/fuzz
                           ${PROJECT_SOURCE_DIR}/examples/data 4000)
set_tests_properties(build_fuzzers PROPERTIES FIXTURES_SETUP fuzzers PROCESSORS 2)
set_tests_properties(fuzz PROPERTIES FIXTURES_REQUIRED fuzzers)
