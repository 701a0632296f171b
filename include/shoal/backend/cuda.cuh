// The CUDA backend: a handle on a GPU that every algorithm takes in the place of Cpu. For nvcc only.
#pragma once

#include <shoal/backend/cuda_runtime.cuh>
#include <shoal/backend/gpu.cuh>

namespace shoal {

/// Which device, and what may be used of it.
struct CudaSettings {
  int device = 0;          ///< its number
  std::size_t memory = 0;  ///< device bytes a call may plan for; 0: what is free
  Precision precision =
      Precision::float32;  ///< of all products: the others are several times faster, coarser
  int threads = 0;         ///< of the host, which reads rows; 0: all
};

/// A GPU. Throws error(Errc::device) where there is none. The same settings and data give the same bits from
/// run to run on one kind of GPU: products by cuBLAS are repeatable on one stream, sums have a fixed order,
/// there are no atomics.
class Cuda : public Gpu<CudaRuntime> {
 public:
  explicit Cuda(const CudaSettings& settings = {})
      : Gpu(CudaRuntime(settings.device),
            {.memory = settings.memory, .precision = settings.precision, .threads = settings.threads}) {}
};

static_assert(Backend<Cuda>);

}  // namespace shoal
