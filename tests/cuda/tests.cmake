# Beside test_cuda, which runs the kernels on the CPU: the same under sanitizers, and the real thing by nvcc.
if(SHOAL_CCCL_INCLUDE_DIR)  # Thrust on its host systems
  target_include_directories(test_cuda SYSTEM PRIVATE ${SHOAL_CCCL_INCLUDE_DIR})
  if(OpenMP_CXX_FOUND)
    target_link_libraries(test_cuda PRIVATE OpenMP::OpenMP_CXX)
  endif()
endif()

# Everything once, small. Not where all is built for a sanitizer already.
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  foreach(name IN ITEMS address thread)
    add_executable(test_cuda_${name} cuda/sanitized.cpp)
    target_link_libraries(test_cuda_${name} PRIVATE shoal::shoal)
    target_include_directories(test_cuda_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_options(test_cuda_${name} PRIVATE -fsanitize=${name} -O1 -g1)
    target_link_options(test_cuda_${name} PRIVATE -fsanitize=${name})
    add_test(NAME cuda_${name}_sanitizer COMMAND test_cuda_${name})
  endforeach()
endif()

# Compiled and linked for the GPUs that matter, wherever there is an nvcc; run wherever there is a GPU.
add_test(NAME cuda_compiles COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cuda/compile.sh ${PROJECT_SOURCE_DIR}
                                         ${CMAKE_CURRENT_BINARY_DIR}/cuda_compiled)
add_test(NAME cuda_device COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cuda_device.sh --tests)
add_test(NAME cuda_closures COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cuda/closures.sh ${PROJECT_SOURCE_DIR}
                                         ${CMAKE_CXX_COMPILER})
set_tests_properties(cuda_compiles cuda_device cuda_closures PROPERTIES SKIP_RETURN_CODE 77)
if(SHOAL_CUDA AND TARGET shoal_command AND TARGET protocol)
  add_test(NAME cuda_command COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cuda/command.sh $<TARGET_FILE:shoal_command>
                                     ${PROJECT_SOURCE_DIR}/examples/data $<TARGET_FILE:protocol>)
  set_tests_properties(cuda_command PROPERTIES SKIP_RETURN_CODE 77)
endif()
