// How much of the machine a verb may use.
#pragma once

#include <cmath>
#include <cstddef>

#include <shoal/backend/cpu.hpp>

/// How much of the machine to use.
struct Machine {
  int threads = 0;
  double memory = 0;  ///< GiB
  /// The budget in bytes; 0 for none. A budget that is given is never none, however small.
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(std::ceil(memory * 0x1p30)); }
  [[nodiscard]] shoal::Cpu cpu() const {
    return shoal::Cpu(shoal::CpuSettings{.threads = threads, .memory = bytes()});
  }
};
