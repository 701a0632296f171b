// shoal cluster with any method on any device.
#pragma once

#include "run_graph.hpp"
#include "run_heads.hpp"
#include "run_kmeans.hpp"
#include "run_turtle.hpp"

/// Clusters the job's rows. `device` is the Cpu again, or a GPU; `cpu` does the host's part.
template <class Options, class Device>
ClusterOutcome run_method(const char* title, const ClusterJob& job, const shoal::Cpu& cpu,
                          const Device& device) {
  ClusterOutcome outcome = run_on(Options{}, job, cpu, device);
  outcome.name = title;
  return outcome;
}
