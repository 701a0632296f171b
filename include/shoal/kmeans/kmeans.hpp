// All of k-means: settings, plan, fit, predict.
#pragma once

#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>
#include <shoal/kmeans/fit.hpp>
#include <shoal/kmeans/predict.hpp>

namespace shoal {

/// Clusters `rows` by Lloyd's k-means: each iteration assigns every row to its nearest centroid and moves the
/// centroids to the means of their rows (Lloyd, IEEE Trans. Inf. Theory 28, 1982), which minimises
///   Σ_i w_i cost(x_i, nearest centroid),   cost ‖x − c‖² (Euclidean) or 1 − cos(x, c) (Cosine).
/// With an active size balancing up to `iterations` rounds of balanced assignment follow; `history` covers
/// both. Each label is that of the nearest returned centroid. With a size balancing, labels are those of the
/// last round, and the centroids are the means of their rows. The same seed gives the same bits for any
/// number of threads and any kind of row source. On another backend a row whose distances to two centroids
/// differ by less than rounding may go to the other one. Throws error for clusters < 1 or > n, iterations or
/// restarts < 1, weights or start of the wrong shape, weights together with a size balancing, sizes that
/// cannot be met, a plan beyond the memory budget, and rows that are not finite or, under cosine, zero.
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
extern template KMeansResult kmeans_impl::fit_over_ranks<>(KMeansRequest, const AnyRows&,
                                                           const KMeansBackend&, const Hook&);
extern template std::unique_ptr<Assigner> assigner_on_cpu<>(const AssignmentJob&, const Cpu&);
extern template KMeansBackend::KMeansBackend(const Cpu&);
extern template KMeansResult fit(const KMeans<Cosine>&, const AnyRows&, const Cpu&, const Hook&);
extern template KMeansResult fit(const KMeans<Euclidean>&, const AnyRows&, const Cpu&, const Hook&);
extern template KMeansPrediction predict<Cosine>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
extern template KMeansPrediction predict<Euclidean>(MatrixView<const float>, const AnyRows&, const Cpu&,
                                                    Index);
}  // namespace shoal
#endif
