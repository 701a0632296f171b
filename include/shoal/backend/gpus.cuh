// Several GPUs of one process as one backend.
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include <shoal/backend/gpu.cuh>

namespace shoal {

/// GPUs that train heads together, each some of them (heads/cuda/step_on_gpus.cuh). It is a Gpu itself, the
/// first of them, on which everything else runs.
template <shoal::Runtime Rt> class Gpus : public Gpu<Rt> {
 public:
  /// Throws invalid_argument if there are none.
  explicit Gpus(std::vector<Gpu<Rt>> devices) : Gpu<Rt>(first_of(devices)), devices_(std::move(devices)) {}

  [[nodiscard]] const std::vector<Gpu<Rt>>& devices() const { return devices_; }

 private:
  static const Gpu<Rt>& first_of(const std::vector<Gpu<Rt>>& devices) {
    check(!devices.empty(), Errc::invalid_argument, "Gpus: devices must not be empty");
    return devices.front();
  }

  std::vector<Gpu<Rt>> devices_;
};

/// Any Gpus<Rt>, or a class derived from it.
template <class B>
concept ManyGpuBackend = GpuBackend<B> && std::derived_from<B, Gpus<typename B::Runtime>>;

}  // namespace shoal
