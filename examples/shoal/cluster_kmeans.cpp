// shoal cluster --method kmeans, compiled by itself so that methods build side by side.
#include "kmeans_method.hpp"

ClusterOutcome cluster_by_kmeans(const ClusterOptions& options, shoal::AnyRows features,
                                 const shoal::Cpu& cpu, const shoal::Hook& hook) {
  return cluster_by_kmeans_on(options, features, cpu, cpu, hook);
}
