// All of shoal that runs on a GPU, for CUDA sources: beside <shoal/shoal.hpp>, and without Eigen.
#pragma once

#include <shoal/backend/cuda.cuh>
#include <shoal/heads/cuda/engine.cuh>
#include <shoal/hierarchy/cuda/best_candidates.cuh>
#include <shoal/kmeans/cuda/assigner_on_gpu.cuh>
#include <shoal/metrics/cuda/mean_distances.cuh>
#include <shoal/model/cuda/predict_kmeans.cuh>
#include <shoal/neighbors/cuda/list_search.cuh>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/probe/cuda/classify.cuh>
#include <shoal/probe/cuda/grid_trainer.cuh>
#include <shoal/turtle/cuda/classifier.cuh>
