// All of shoal that runs on a GPU, for CUDA sources: beside <shoal/shoal.hpp>, and without Eigen.
#pragma once

#include <shoal/backend/cuda.cuh>
#include <shoal/heads/cuda/engine.cuh>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/neighbors/cuda/search.cuh>
