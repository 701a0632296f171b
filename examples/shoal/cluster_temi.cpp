// shoal cluster --method temi, compiled by itself so that methods build side by side.
#include "heads_method.hpp"

ClusterOutcome cluster_by_temi(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                               const shoal::Hook& hook) {
  return cluster_by_heads<shoal::TEMI>("TEMI", options, features, cpu, hook);
}
