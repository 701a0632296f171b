// The resources that a verb may use.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>

#include <shoal/backend/cpu.hpp>

/// The resources of the machine that may be used.
struct Machine {
  int threads = 0;
  double memory = 0;                  ///< GiB
  std::string device = "cpu";         ///< or "cuda"
  std::string precision = "float32";  ///< of a GPU's products
  bool refine = false;                ///< see shoal::CudaSettings::refine
  /// The budget in bytes; 0 for no limit. A given budget never becomes 0, however small it is.
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(std::ceil(memory * 0x1p30)); }
  [[nodiscard]] shoal::Cpu cpu() const {
    return shoal::Cpu(shoal::CpuSettings{.threads = threads, .memory = bytes()});
  }
};
