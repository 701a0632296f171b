# One fuzzer for each reader, tests/fuzz/*.cpp, built when it is run: by the test fuzz, some thousand inputs each, or
# by tests/campaign.sh, millions. libFuzzer comes with clang; the compiler of the project may be another.
find_program(FUZZ_COMPILER NAMES clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
set(flags -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
          -I${PROJECT_SOURCE_DIR}/include -I${CMAKE_CURRENT_SOURCE_DIR} -I${PROJECT_SOURCE_DIR}/examples/shoal)
if(FUZZ_COMPILER)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/fuzz/probe.cpp
       "#include <string>\nextern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n")
  execute_process(COMMAND ${FUZZ_COMPILER} ${flags} probe.cpp -o probe -pthread
                  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fuzz
                  RESULT_VARIABLE unable OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT FUZZ_COMPILER OR unable)
  message(STATUS "No clang++ with libFuzzer found: the test fuzz is left out")
  return()
endif()

set(launcher ${CMAKE_CXX_COMPILER_LAUNCHER})
file(GLOB readers RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz CONFIGURE_DEPENDS fuzz/*.cpp)
foreach(source IN LISTS readers)
  get_filename_component(reader ${source} NAME_WE)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/fuzz/${reader}.o)
  set(program ${CMAKE_CURRENT_BINARY_DIR}/fuzz/fuzz_${reader})
  add_custom_command(
    OUTPUT ${program}
    COMMAND ${launcher} ${FUZZ_COMPILER} ${flags} -MD -MT fuzz/fuzz_${reader} -MF ${object}.d -c
            ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${source} -o ${object}
    COMMAND ${FUZZ_COMPILER} ${flags} ${object} -o ${program} -pthread
    DEPENDS fuzz/${source}
    DEPFILE ${object}.d
    COMMENT "Building the fuzzer of ${reader}"
    VERBATIM)
  list(APPEND fuzzers ${program})
endforeach()
add_custom_target(fuzzers DEPENDS ${fuzzers})

add_test(NAME build_fuzzers COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target fuzzers)
add_test(NAME fuzz COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/run.sh ${CMAKE_CURRENT_BINARY_DIR}/fuzz
                           ${PROJECT_SOURCE_DIR}/examples/data 4000)
set_tests_properties(build_fuzzers PROPERTIES FIXTURES_SETUP fuzzers PROCESSORS 2)
set_tests_properties(fuzz PROPERTIES FIXTURES_REQUIRED fuzzers)
