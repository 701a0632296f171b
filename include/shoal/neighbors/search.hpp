// The customisation point between exact_neighbors and the machine that it runs on.
#pragma once

#include <shoal/core/memory_plan.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/generic_search.hpp>

namespace shoal {

/// An engine of exact neighbour search, constructed from a backend. `plan` returns the memory of a search of
/// that shape and throws too_large if the backend's budget is too small; `find` runs one. Laws
/// (tests/laws/search.hpp): the neighbours are those of a search in double precision, except for ties within
/// the rounding of float32; equal scores are ordered by id; the bits depend neither on the number of threads
/// nor on the budget.
template <class S>
concept NeighborSearch = requires(const S search, const NeighborSettings& settings,
                                  const NeighborShape& shape, const NeighborQuery& query) {
  { search.plan(settings, shape) } -> std::same_as<MemoryPlan>;
  { search.find(query) } -> std::same_as<Neighbors>;
};

/// The neighbour search of a backend. This primary template is generic and uses the backend's own products. A
/// backend that can do better specialises it, as neighbors/prefiltered_search.hpp does for Cpu and
/// neighbors/cuda/search.cuh for GPUs.
template <Backend B> class SearchOn : public GenericSearch {
 public:
  explicit SearchOn(const B& backend) : GenericSearch(AnyBackend(backend)) {}
};

}  // namespace shoal
