// k-means on a Cpu: its engines, for every rule of sizes, and the fits and predictions of both geometries.
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {
template KMeansBackend::KMeansBackend(const Cpu&);
template KMeansResult fit(const KMeans<Cosine>&, const AnyRows&, const Cpu&, const Hook&);
template KMeansResult fit(const KMeans<Euclidean>&, const AnyRows&, const Cpu&, const Hook&);
template KMeansPrediction predict<Cosine>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
template KMeansPrediction predict<Euclidean>(MatrixView<const float>, const AnyRows&, const Cpu&, Index);
}  // namespace shoal
