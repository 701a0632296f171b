// All of shoal that runs on a GPU, for CUDA sources: beside <shoal/shoal.hpp>, and without Eigen.
#pragma once

#include <shoal/backend/cuda.cuh>
#include <shoal/backend/cuda_fit.cuh>
#include <shoal/backend/cuda_heads.cuh>
#include <shoal/backend/cuda_neighbors.cuh>
