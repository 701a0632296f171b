// --device cuda in a build with CUDA.
#include "cuda_device.hpp"
#include "cuda_settings.hpp"

#include <shoal/cuda.cuh>

Device cuda_device(const Machine& machine, const std::string& /*verb*/) {
  const shoal::Cuda gpu(cuda_settings(machine));
  const shoal::Cpu host = gpu.host();
  return Device(gpu, host, machine);
}
