// Exact nearest neighbours.
#include <shoal/neighbors/exact.hpp>

namespace shoal {
template Neighbors exact_impl::search_ring<>(const NeighborQuery&, const AnyCommunicator&, Workers);
template MemoryPlan plan(const NeighborSettings&, const NeighborShape&, const Cpu&);
template Neighbors exact_neighbors(AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
template Neighbors exact_neighbors(AnyRows, AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
}  // namespace shoal
