// The exact nearest neighbours of rows, on any backend.
#pragma once

#include <shoal/backend/ranks.hpp>
#include <shoal/core/sizes.hpp>
#include <shoal/neighbors/prefiltered_search.hpp>
#include <shoal/neighbors/ring_search.hpp>
#include <shoal/neighbors/search.hpp>

namespace shoal {

/// What exact_neighbors will hold in memory on that backend, the result included. Throws too_large where the
/// budget is too small even for the rows part by part, and where n d or n m are beyond what can be counted in
/// bytes.
template <Backend B>
[[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape,
                              const B& backend) {
  constexpr Index most_bytes = 16;  // of an element of any array
  (void)checked_product("plan: bytes of n × d", {shape.rows, shape.cols, most_bytes});
  (void)checked_product("plan: bytes of n × m",
                        {shape.queries.value_or(shape.rows), settings.count, most_bytes});
  return SearchOn<B>(backend).plan(settings, shape);
}

/// The m nearest other rows of every row of `features` (n × d): ids [n × m], nearest first, by
/// s(i, j) = x_i · x_j, rows scaled to length one first where the similarity is the cosine. Exact to float32
/// rounding; ties by lowest id; the same bits for any number of threads and any memory budget. O(n² d) time,
/// on a Cpu half of that. Throws invalid_argument unless 1 ≤ count < n; bad_data for NaN, infinite and
/// (cosine) zero rows; too_large as plan() does; stopped when the hook asks to, since half a search is of no
/// use.
template <Backend B>
[[nodiscard]] Neighbors exact_neighbors(AnyRows features, const NeighborSettings& settings, const B& backend,
                                        const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return SearchOn<B>(backend).find({features, features, true, settings, hook});
}

/// For every row of `queries` (q × d) the m nearest rows of `features` (n × d), whose ids they are: as
/// exact_neighbors(features), save that no row is left out. O(q n d) time.
/// Throws invalid_argument unless 1 ≤ count ≤ n and the columns are as many.
template <Backend B>
[[nodiscard]] Neighbors exact_neighbors(AnyRows queries, AnyRows features, const NeighborSettings& settings,
                                        const B& backend, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows());
  return SearchOn<B>(backend).find({queries, features, false, settings, hook});
}

namespace exact_impl {

template <RankedBackend R> Neighbors find(const NeighborQuery& query, const R& ranks) {
  const AnyCommunicator all(ranks.communicator());
  return together(all, [&] { return RingSearch<FastestPanels>(query, all, ranks.inner()).run(); });
}

}  // namespace exact_impl

/// The same for rows that lie on ranks: each rank gives its own rows, and gets their neighbours among the
/// rows of all ranks, by ids that count through them (Shard, backend/shard.hpp): its part of what one process
/// finds for all rows, bit for bit. The rows of all ranks pass by each rank twice, three times where float32
/// can't tell some of them apart, in pieces of some 6 MB that are searched while the next one arrives. O(n² d
/// / ranks) time, on the threads of the hosts.
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
extern template MemoryPlan plan(const NeighborSettings&, const NeighborShape&, const Cpu&);
extern template Neighbors exact_neighbors(AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
extern template Neighbors exact_neighbors(AnyRows, AnyRows, const NeighborSettings&, const Cpu&, const Hook&);
}  // namespace shoal
#endif
