// shoal cluster --device cuda, in a build without CUDA.
#include "cluster_job.hpp"

#include <shoal/core/check.hpp>

ClusterOutcome cluster_by_cuda(const ClusterOptions&, shoal::AnyRows, const shoal::Cpu&, const shoal::Hook&) {
  shoal::fail(shoal::Errc::device,
              "cluster: --device cuda: this build has no CUDA; configure with -DSHOAL_CUDA=ON where there is "
              "an nvcc");
}
