// Refuses shoal cluster --device cuda in a build without CUDA.
#include "methods.hpp"

#include <shoal/core/check.hpp>

ClusterOutcome cluster_on_cuda(std::size_t, const ClusterJob&, const shoal::Cpu&) {
  shoal::fail(shoal::Errc::device,
              "--device cuda: this build has no CUDA; configure with -DSHOAL_CUDA=ON where there is "
              "an nvcc");
}
