// Refuses --device cuda in a build without CUDA.
#include "cuda_device.hpp"

#include <shoal/core/check.hpp>

void refuse_cuda(const std::string& verb) {
  shoal::fail(shoal::Errc::device, verb,
              ": --device cuda: this build has no CUDA; configure with -DSHOAL_CUDA=ON where there is an "
              "nvcc");
}

Device cuda_device(const Machine&, const std::string& verb) { refuse_cuda(verb); }
