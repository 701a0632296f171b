// shoal cluster --device cuda: every method, in a build with CUDA.
#include "heads_method.hpp"
#include "kmeans_method.hpp"

#include <shoal/cuda.cuh>

ClusterOutcome cluster_by_cuda(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                               const shoal::Hook& hook) {
  const shoal::Cuda gpu({.memory = static_cast<std::size_t>(options.machine.memory * 0x1p30),
                         .threads = options.machine.threads});
  const std::string& method = options.method;
  if (method == "kmeans") return cluster_by_kmeans_on(options, features, cpu, gpu, hook);
  if (method == "pmi") return cluster_by_heads<shoal::PMI>("PMI", options, features, gpu, hook);
  if (method == "wpmi") return cluster_by_heads<shoal::WPMI>("WPMI", options, features, gpu, hook);
  if (method == "temi") return cluster_by_heads<shoal::TEMI>("TEMI", options, features, gpu, hook);
  if (method == "scan") return cluster_by_heads<shoal::SCANv2>("SCANv2", options, features, gpu, hook);
  return cluster_by_heads<shoal::SCP>("SCP", options, features, gpu, hook);
}
