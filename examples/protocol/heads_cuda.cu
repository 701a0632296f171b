// Heads on a GPU, in a build with CUDA.
#include "cuda_settings.hpp"
#include "train_heads.hpp"

#include <shoal/cuda.cuh>

Said train_heads_on_cuda(const std::string& key, const Bench& bench, shoal::Index clusters,
                         shoal::MatrixView<const std::int32_t> neighbors, const TrialSettings& settings,
                         std::uint64_t seed, const Machine& machine, const shoal::Hook& hook) {
  const shoal::Cuda gpu(cuda_settings(machine));
  return train_heads(key, bench, clusters, neighbors, settings, seed, gpu, hook);
}
