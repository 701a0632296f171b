// k-means, whole: settings, plan, fit, predict.
#pragma once

#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>
#include <shoal/kmeans/fit.hpp>
#include <shoal/kmeans/predict.hpp>

namespace shoal {

/// Lloyd's k-means on `rows`, then, with an active size balancing, up to `iterations` rounds of balanced
/// assignment and of centroids; `history` goes on through both. The labels are those of the nearest of the
/// returned centroids; of the last round where sizes are balanced, whose means the centroids then are. Same
/// seed, same bits, for any number of threads and any kind of source; on another backend rows as near to two
/// centroids as rounding can tell may go to the other. Throws error: clusters < 1 or > n, iterations or
/// restarts < 1, weights or start of the wrong shape, weights beside a size balancing, sizes that cannot be
/// met, a plan beyond the memory budget, rows that are not finite or, under cosine, zero.
/// O(iterations · n · C · d) at most.
template <Geometry Geo, SizeBalancing Balancing, Backend B>
KMeansResult fit(const KMeans<Geo, Balancing>& settings, const AnyRows& rows, const B& backend,
                 const Hook& hook = {}) {
  return kmeans_impl::fit(request_of(settings), rows, backend, hook);
}

}  // namespace shoal

#if defined(SHOAL_COMPILED)  // linked with shoal::compiled, which has these (src/kmeans.cpp)
#include <shoal/simd/instruction_sets.hpp>

namespace shoal {
extern template KMeansBackend::KMeansBackend(const Cpu&);
extern template KMeansResult fit(const KMeans<Cosine>&, const AnyRows&, const Cpu&, const Hook&);
extern template KMeansResult fit(const KMeans<Euclidean>&, const AnyRows&, const Cpu&, const Hook&);
extern template KMeansPrediction predict<Cosine>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
extern template KMeansPrediction predict<Euclidean>(MatrixView<const float>, const AnyRows&, const Cpu&,
                                                    Index);
}  // namespace shoal
#endif
