// Refuses --device cuda in a build without CUDA.
#include "cuda_device.hpp"
#include "methods.hpp"

#include <shoal/core/check.hpp>

namespace {

[[noreturn]] void refuse_cuda(const std::string& verb) {
  shoal::fail(shoal::Errc::device, verb,
              ": --device cuda: this build has no CUDA; configure with -DSHOAL_CUDA=ON where there is an "
              "nvcc");
}

}  // namespace

ClusterOutcome cluster_on_cuda(std::size_t, const ClusterJob&, const shoal::Cpu&) { refuse_cuda("cluster"); }

Device cuda_device(const Machine&, const std::string& verb) { refuse_cuda(verb); }
