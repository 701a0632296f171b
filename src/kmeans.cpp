// k-means on a Cpu: its engines, for every rule of sizes, and the fits and predictions of both geometries.
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {
template KMeansResult kmeans_impl::fit_over_ranks<>(KMeansRequest, const AnyRows&, const KMeansBackend&,
                                                    const Hook&);
template std::unique_ptr<Assigner> assigner_on_cpu<>(const AssignmentJob&, const Cpu&);
template KMeansBackend::KMeansBackend(const Cpu&);
template KMeansResult fit(const KMeans<Cosine>&, const AnyRows&, const Cpu&, const Hook&);
template KMeansResult fit(const KMeans<Euclidean>&, const AnyRows&, const Cpu&, const Hook&);
template KMeansPrediction predict<Cosine>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
template KMeansPrediction predict<Euclidean>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
}  // namespace shoal
