// The memory that k-means will hold, before it starts.
#pragma once

#include <shoal/core/sizes.hpp>
#include <shoal/kmeans/settings.hpp>

namespace shoal {

namespace kmeans_impl {

inline MemoryPlan plan(const KMeansRequest& request, RowShape shape, const KMeansBackend& backend) {
  constexpr Index most_bytes = 16;  // of an element of any array
  (void)checked_product("plan: bytes of n × d", {shape.rows, shape.features, most_bytes});
  (void)checked_product("plan: bytes of n × C", {shape.rows, request.clusters, most_bytes});
  (void)checked_product("plan: bytes of C × d", {request.clusters, shape.features, most_bytes});
  MemoryPlan parts = backend.plan({shape, request.clusters, request.lloyd.bounds});
  if (request.balancing.active())
    parts.add("balancing", request.balancing.bytes(shape.rows, request.clusters));
  return parts;
}

}  // namespace kmeans_impl

/// The peak bytes of fit(settings, rows, backend) beyond the rows, part by part, for rows of that shape.
/// O(1). Throws too_large where n d, n C or C d are beyond what can be counted in bytes.
template <Geometry Geo, SizeBalancing Balancing, Backend B>
[[nodiscard]] MemoryPlan plan(const KMeans<Geo, Balancing>& settings, RowShape shape, const B& backend) {
  return kmeans_impl::plan(request_of(settings), shape, backend);
}

}  // namespace shoal
