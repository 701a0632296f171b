// fit of k-means on a GPU: the iterations of kmeans/lloyd.hpp with the GPU's assignment.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/cuda/assigner.cuh>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// The assigner of Lloyd's iterations that asks a GPU (kmeans/full_assigner.hpp says what assigners do). The
/// rows stay where their GpuAssigner has them from run to run.
template <class Rt> class GpuLloydAssigner {
 public:
  struct Settings {
    const Gpu<Rt>* gpu;
    AnyRows source;
    bool unit;
    std::span<const float> weights;
  };

  GpuLloydAssigner(const CheckedRows& rows, Index clusters, Workers, std::span<float> squares,
                   const Settings& how)
      : rows_(&rows),
        squares_(squares),
        assigner_(std::make_unique<GpuAssigner<Rt>>(
            how.gpu->stream(), how.source, how.unit, clusters, how.weights,
            how.gpu->room_beside(GpuAssigner<Rt>::bytes(rows.cols(), clusters, rows.rows())),
            how.gpu->settings().precision)) {}

  void begin(MatrixView<const float> centroids) { centroids_ = centroids; }
  void relabel(Index) {}  // labels are read anew each time
  [[nodiscard]] double pruned() const { return 0; }

  /// Labels all rows and sums them by cluster; returns how many changed. Throws as CheckedRows does for rows
  /// that are no good.
  Index assign_all(std::vector<Label>& labels, ClusterSums& sums) {
    const bool first = labels[0] < 0;
    const Index moved = assigner_->assign(centroids_, labels, out_);
    if (first) {
      if (const Index bad = assigner_->bad_row(); bad >= 0) {
        Matrix<float> row(1, rows_->cols());
        rows_->read(bad, row);
      }
      assigner_->squares(squares_);
    }
    sums.exchange(out_.sums, out_.weights, out_.counts);
    return moved;
  }

 private:
  const CheckedRows* rows_;
  std::span<float> squares_;
  std::unique_ptr<GpuAssigner<Rt>> assigner_;
  MatrixView<const float> centroids_;
  typename GpuAssigner<Rt>::Sums out_;
};

/// fit() of kmeans/kmeans.hpp on a GPU: the same settings and rules (`bounds` has no meaning here). Distances
/// are the GPU's, so rows as near to two centroids as rounding may go to the other.
template <Geometry Geo, class Rt>
KMeansResult fit(const KMeans<Geo, NoBalance>& settings, const AnyRows& source, const Gpu<Rt>& gpu,
                 const Hook& hook = {}) {
  return fit_by(settings, source, gpu.host(),
                [&](const CheckedRows& rows, Matrix<float> start, const LloydSettings& how) {
                  return kmeans_impl::run<Geo, GpuLloydAssigner<Rt>>(
                      rows, std::move(start), how, {&gpu, source, Geo::unit, settings.weights}, gpu.host(),
                      hook);
                });
}

}  // namespace shoal
