// Refuses heads on a GPU in a build without CUDA.
#include "cuda_device.hpp"
#include "train_heads.hpp"

Said train_heads_on_cuda(const std::string&, const Bench&, shoal::Index,
                         shoal::MatrixView<const std::int32_t>, const TrialSettings&, std::uint64_t,
                         const Machine&, const shoal::Hook&) {
  refuse_cuda("protocol");
}
