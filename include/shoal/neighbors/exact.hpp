// The exact nearest neighbours of rows, on any backend.
#pragma once

#include <shoal/backend/ranks.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/neighbors/prefiltered_search.hpp>
#include <shoal/neighbors/ring_search.hpp>
#include <shoal/neighbors/search.hpp>

namespace shoal {

/// The memory that exact_neighbors will use on that backend, in bytes by use, including the result. Throws
/// too_large if the budget is too small even for processing the rows part by part, and if n d or n m exceed
/// what can be counted in bytes.
template <Backend B>
[[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape,
                              const B& backend) {
  constexpr Index most_bytes = 16;  // per element of any array
  (void)checked_product("plan: bytes of n × d", {shape.rows, shape.cols, most_bytes});
  (void)checked_product("plan: bytes of n × m",
                        {shape.queries.value_or(shape.rows), settings.count, most_bytes});
  return SearchOn<B>(backend).plan(settings, shape);
}

/// The m nearest other rows of every row of `features` (n × d): ids [n × m], nearest first, by s(i, j) = x_i
/// · x_j, where rows are normalised first if the similarity is cosine. Exact to float32 rounding; the lowest
/// id comes first on ties; the same bits for any number of threads and any memory budget. O(n² d) time, half
/// of that on a Cpu. Throws invalid_argument unless 1 ≤ count < n, bad_data for NaN, infinite and (cosine)
/// zero rows, too_large as plan() does, and stopped if the hook asks to stop, since a partial search is of no
/// use.
template <Backend B>
[[nodiscard]] Neighbors exact_neighbors(AnyRows features, const NeighborSettings& settings, const B& backend,
                                        const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return SearchOn<B>(backend).find({features, features, true, settings, hook});
}

/// For every row of `queries` (q × d), the ids of the m nearest rows of `features` (n × d). As
/// exact_neighbors(features), except that no row is excluded. O(q n d) time. Throws also invalid_argument
/// unless 1 ≤ count ≤ n and both have the same number of columns.
template <Backend B>
[[nodiscard]] Neighbors exact_neighbors(AnyRows queries, AnyRows features, const NeighborSettings& settings,
                                        const B& backend, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows());
  return SearchOn<B>(backend).find({queries, features, false, settings, hook});
}

namespace exact_impl {

/// The search of all ranks. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void>
Neighbors search_ring(const NeighborQuery& query, const AnyCommunicator& all, Workers workers) {
  return RingSearch<FastestPanels>(query, all, workers).run();
}

template <RankedBackend R> Neighbors find(const NeighborQuery& query, const R& ranks) {
  const AnyCommunicator all(ranks.communicator());
  return together(all, [&] { return search_ring(query, all, ranks.inner()); });
}

}  // namespace exact_impl

/// The same for rows that are distributed over ranks. Each rank passes its own rows and gets their neighbours
/// among the rows of all ranks, by global ids (Shard, backend/shard.hpp); these are bit for bit what one
/// process finds for all rows. The rows of all ranks are sent past each rank twice, or three times if float32
/// can't distinguish some of them, in pieces of about 6 MB that are searched while the next one arrives. O(n²
/// d / ranks) time, on the threads of the hosts.
template <RankedBackend R>
[[nodiscard]] Neighbors exact_neighbors(AnyRows features, const NeighborSettings& settings, const R& ranks,
                                        const Hook& hook = {}) {
  return exact_impl::find({features, features, true, settings, hook}, ranks);
}
template <RankedBackend R>
[[nodiscard]] Neighbors exact_neighbors(AnyRows queries, AnyRows features, const NeighborSettings& settings,
                                        const R& ranks, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  return exact_impl::find({queries, features, false, settings, hook}, ranks);
}

}  // namespace shoal

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled, which has these searches (src/neighbors.cpp)
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
extern template Neighbors exact_impl::search_ring<>(const NeighborQuery&, const AnyCommunicator&, Workers);
extern template MemoryPlan plan(const NeighborSettings&, const NeighborShape&, const Cpu&);
extern template Neighbors exact_neighbors(AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
extern template Neighbors exact_neighbors(AnyRows, AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
}  // namespace shoal
#endif
