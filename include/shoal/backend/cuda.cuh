// The CUDA backend: a handle to a GPU, used in the place of Cpu. For nvcc only.
#pragma once

#include <shoal/backend/cuda_runtime.cuh>
#include <shoal/backend/gpu.cuh>

namespace shoal {

/// The device, and the resources that may be used.
struct CudaSettings {
  int device = 0;          ///< device number
  std::size_t memory = 0;  ///< bytes of device memory that one call may plan for; 0: what is free
  Precision precision =
      Precision::float32;  ///< of all products; the others are several times faster and less accurate
  bool refine = false;  ///< whether k-means compares the centroids that products can't tell apart in double,
                        ///< so that labels do not depend on the precision
  int threads = 0;      ///< host threads, which read rows; 0: all
};

/// A CUDA device. Throws error(Errc::device) if there is none. The same settings and data give the same bits
/// from run to run on one kind of GPU: cuBLAS products are reproducible on a single stream, sums have a fixed
/// order, and there are no atomics. Precision float32 may differ from a Cpu by rounding.
class Cuda : public Gpu<CudaRuntime> {
 public:
  explicit Cuda(const CudaSettings& settings = {})
      : Gpu(CudaRuntime(settings.device), {.memory = settings.memory,
                                           .precision = settings.precision,
                                           .refine = settings.refine,
                                           .threads = settings.threads}) {}
};

static_assert(Backend<Cuda>);

}  // namespace shoal
