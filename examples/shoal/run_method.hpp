// Runs shoal cluster with any method on any device.
#pragma once

#include "run_graph.hpp"
#include "run_heads.hpp"
#include "run_kmeans.hpp"
#include "run_turtle.hpp"

/// Clusters the rows of a job. `device` is the same Cpu or a GPU; `cpu` does the work of the host.
template <class Options, class Device>
ClusterOutcome run_method(const char* title, const ClusterJob& job, const shoal::Cpu& cpu,
                          const Device& device) {
  ClusterOutcome outcome = run_on(Options{}, job, cpu, device);
  outcome.name = title;
  return outcome;
}
