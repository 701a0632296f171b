// shoal cluster --method scp, compiled by itself so that methods build side by side.
#include "heads_method.hpp"

ClusterOutcome cluster_by_scp(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                              const shoal::Hook& hook) {
  return cluster_by_heads<shoal::SCP>("SCP", options, features, cpu, hook);
}
