// shoal cluster --method pmi, compiled by itself so that methods build side by side.
#include "heads_method.hpp"

ClusterOutcome cluster_by_pmi(const ClusterOptions& options, shoal::AnyRows features, const shoal::Cpu& cpu,
                              const shoal::Hook& hook) {
  return cluster_by_heads<shoal::PMI>("PMI", options, features, cpu, hook);
}
