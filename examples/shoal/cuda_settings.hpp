// The options of a machine as the settings of a GPU. For CUDA sources.
#pragma once

#include "machine.hpp"

#include <shoal/backend/cuda.cuh>

inline shoal::CudaSettings cuda_settings(const Machine& machine) {
  shoal::Precision precision = shoal::Precision::float32;
  for (const auto other : {shoal::Precision::tf32, shoal::Precision::float16, shoal::Precision::bfloat16})
    if (machine.precision == name_of(other)) precision = other;
  return {.memory = machine.bytes(),
          .precision = precision,
          .refine = machine.refine,
          .threads = machine.threads};
}
