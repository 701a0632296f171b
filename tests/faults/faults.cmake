# The command while its k-th system call of each kind fails, while it is killed, and on a disk that is full. The calls
# are made to fail by a library that is loaded before the C library (GNU/Linux).
if(TARGET shoal_command AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_library(fault_shim MODULE faults/shim.cpp)
  target_compile_features(fault_shim PRIVATE cxx_std_20)
  target_link_libraries(fault_shim PRIVATE ${CMAKE_DL_LIBS})
  add_test(NAME faults COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/faults/run.sh $<TARGET_FILE:shoal_command>
                               $<TARGET_FILE:fault_shim> ${PROJECT_SOURCE_DIR}/examples/data)
endif()
