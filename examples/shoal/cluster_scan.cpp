// shoal cluster --method scan, compiled by itself so that methods build side by side.
#include "heads_method.hpp"

ClusterOutcome cluster_by_scan(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                               const shoal::Hook& hook) {
  return cluster_by_heads<shoal::SCANv2>("SCANv2", options, features, cpu, hook);
}
