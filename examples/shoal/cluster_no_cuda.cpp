// Refuses shoal cluster --device cuda in a build without CUDA.
#include "cuda_device.hpp"
#include "methods.hpp"

ClusterOutcome cluster_on_cuda(std::size_t, const ClusterJob&, const shoal::Cpu&) { refuse_cuda("cluster"); }
