// The thin layer between kernels and hardware: the state of one CUDA thread, and the launch. For nvcc only.
#pragma once

#include <shoal/backend/gpu_team.cuh>

namespace shoal {

/// The Exec of a CUDA thread (backend/gpu_team.cuh). Its functions are functional in device code only.
class CudaExec {
 public:
  SHOAL_HD explicit CudaExec(double* scratch) : scratch_(scratch) {}

#if defined(__CUDA_ARCH__)
  SHOAL_HD int thread() const { return static_cast<int>(threadIdx.x); }
  SHOAL_HD int threads() const { return static_cast<int>(blockDim.x); }
  SHOAL_HD Index block() const { return static_cast<Index>(blockIdx.x); }
  SHOAL_HD Index blocks() const { return static_cast<Index>(gridDim.x); }
  SHOAL_HD void barrier() { __syncthreads(); }
  SHOAL_HD void warp_barrier() { __syncwarp(); }
  template <class T> SHOAL_HD T shuffle_xor(T v, int mask) { return __shfl_xor_sync(0xFFFFFFFFu, v, mask); }
  template <class T> SHOAL_HD T shuffle(T v, int lane) { return __shfl_sync(0xFFFFFFFFu, v, lane); }
  SHOAL_HD unsigned ballot(bool b) { return __ballot_sync(0xFFFFFFFFu, b); }
#else
  SHOAL_HD int thread() const { return 0; }
  SHOAL_HD int threads() const { return warp_size; }
  SHOAL_HD Index block() const { return 0; }
  SHOAL_HD Index blocks() const { return 1; }
  SHOAL_HD void barrier() {}
  SHOAL_HD void warp_barrier() {}
  template <class T> SHOAL_HD T shuffle_xor(T v, int) { return v; }
  template <class T> SHOAL_HD T shuffle(T v, int) { return v; }
  SHOAL_HD unsigned ballot(bool b) { return b; }
#endif
  SHOAL_HD double* scratch() const { return scratch_; }

 private:
  double* scratch_;
};

/// The entry point of every kernel. It is static because weak kernel symbols of two shared libraries would
/// clash.
template <class Kernel, class... Arguments>
static __global__ void __launch_bounds__(most_threads<Kernel>())
    run_kernel(Kernel kernel, Arguments... arguments) {
  __shared__ double scratch[warp_size];
  CudaExec exec(scratch);
  kernel(exec, arguments...);
}

}  // namespace shoal
