// Stands in for shoal cluster over ranks in a build without MPI, which has only one rank.
#include "cluster_ranks.hpp"

#include <shoal/core/check.hpp>

ClusterOutcome cluster_over_ranks(const std::string&, const ClusterJob&, const shoal::Cpu&) {
  shoal::fail(shoal::Errc::device, "cluster: this build has no MPI");
}
