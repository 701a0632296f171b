# The GPU side. shoal::cuda is for CUDA sources that include <shoal/cuda.cuh>; nothing else of shoal needs CUDA.
option(SHOAL_CUDA "Build what runs on a GPU: shoal::cuda's tests, example, benchmark and the command's --device cuda"
       OFF)
find_program(SHOAL_NVCC nvcc PATHS /usr/local/cuda/bin)  # without SHOAL_CUDA too: tests compile for GPUs where it is
if(SHOAL_NVCC)
  file(REAL_PATH ${SHOAL_NVCC} nvcc_path)
  get_filename_component(cuda_root ${nvcc_path} DIRECTORY)
  find_path(SHOAL_CCCL_INCLUDE_DIR thrust/sort.h HINTS ${cuda_root}/../include/cccl ${cuda_root}/../include
            NO_DEFAULT_PATH)
endif()

if(SHOAL_CUDA)
  find_package(CUDAToolkit 12.2 REQUIRED)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80 90)
    if(CUDAToolkit_VERSION VERSION_GREATER_EQUAL 12.8)  # the first that knows it
      list(APPEND CMAKE_CUDA_ARCHITECTURES 100)
    endif()
  endif()
  enable_language(CUDA)
  add_library(shoal_cuda INTERFACE)
  add_library(shoal::cuda ALIAS shoal_cuda)
  target_compile_options(shoal_cuda INTERFACE "$<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;--expt-relaxed-constexpr>")
  target_link_libraries(shoal_cuda INTERFACE shoal CUDA::cudart CUDA::cublas)
endif()
