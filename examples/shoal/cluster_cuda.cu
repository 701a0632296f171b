// shoal cluster --device cuda: every method, in a build with CUDA.
#include "cuda_settings.hpp"
#include "methods.hpp"
#include "run_method.hpp"

#include <utility>

#include <shoal/cuda.cuh>

namespace {

template <std::size_t I>
ClusterOutcome run(const ClusterJob& job, const shoal::Cpu& cpu, const shoal::Cuda& gpu) {
  return run_method<MethodType<I>>(std::get<I>(methods).title, job, cpu, gpu);
}

template <std::size_t... I>
ClusterOutcome dispatch(std::size_t index, const ClusterJob& job, const shoal::Cpu& cpu,
                        const shoal::Cuda& gpu, std::index_sequence<I...>) {
  using Run = ClusterOutcome (*)(const ClusterJob&, const shoal::Cpu&, const shoal::Cuda&);
  constexpr Run all[] = {run<I>...};
  return all[index](job, cpu, gpu);
}

}  // namespace

ClusterOutcome cluster_on_cuda(std::size_t index, const ClusterJob& job, const shoal::Cpu& cpu) {
  const shoal::Cuda gpu(cuda_settings(job.options.machine));
  return dispatch(index, job, cpu, gpu, std::make_index_sequence<method_count>{});
}
