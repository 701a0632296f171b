// shoal cluster --method wpmi, compiled by itself so that methods build side by side.
#include "heads_method.hpp"

ClusterOutcome cluster_by_wpmi(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                               const shoal::Hook& hook) {
  return cluster_by_heads<shoal::WPMI>("WPMI", options, features, cpu, hook);
}
