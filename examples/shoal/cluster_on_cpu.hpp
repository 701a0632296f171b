// A method of shoal cluster on the CPU.
#pragma once

#include "methods.hpp"
#include "run_method.hpp"

/// Runs method I of the table; each method is compiled in a file of its own (cluster_method.cpp.in).
template <std::size_t I> ClusterOutcome cluster_on_cpu(const ClusterJob& job, const shoal::Cpu& cpu) {
  return run_method<MethodType<I>>(std::get<I>(methods).title, job, cpu, cpu);
}
