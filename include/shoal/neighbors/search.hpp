// The seam between exact_neighbors and the machine that it runs on.
#pragma once

#include <shoal/core/memory_plan.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/generic_search.hpp>

namespace shoal {

/// The engine of exact searches for neighbours. Built on a backend, `plan` tells what a search of that shape
/// will hold and throws too_large where the backend's budget is too small, and `find` does one. Laws
/// (tests/laws/search.hpp): the neighbours are those of a search in double precision but for ties within the
/// rounding of float32, equal scores are ordered by id, and the bits don't depend on the number of threads or
/// on the budget.
template <class S>
concept NeighborSearch = requires(const S search, const NeighborSettings& settings,
                                  const NeighborShape& shape, const NeighborQuery& query) {
  { search.plan(settings, shape) } -> std::same_as<MemoryPlan>;
  { search.find(query) } -> std::same_as<Neighbors>;
};

/// The search that a backend runs: the generic one, by the backend's own products. A backend that can do
/// better specialises this template, as neighbors/prefiltered_search.hpp does for Cpu and
/// neighbors/cuda/search.cuh for GPUs.
template <Backend B> class SearchOn : public GenericSearch {
 public:
  explicit SearchOn(const B& backend) : GenericSearch(AnyBackend(backend)) {}
};

}  // namespace shoal
