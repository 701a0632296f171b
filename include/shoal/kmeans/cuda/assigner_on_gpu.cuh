// k-means on a GPU: the device does the assignment step of the iterations, the host the rest.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/kmeans/cuda/assigner.cuh>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// The assigner of Lloyd's iterations on a GPU. `bounds` is ignored. The rows stay where their GpuAssigner
/// holds them from iteration to iteration.
template <class Rt> class GpuLloydAssigner final : public Assigner {
 public:
  GpuLloydAssigner(const AssignmentJob& job, const Gpu<Rt>& gpu)
      : rows_(job.rows),
        squares_(job.squares),
        assigner_(gpu.stream(), rows_.source(), rows_.unit(), job.clusters, job.weights,
                  gpu.room_beside(GpuAssigner<Rt>::bytes(rows_.cols(), job.clusters, rows_.rows())),
                  gpu.settings().precision) {}

  /// Throws bad_data, as CheckedRows does, for rows that are not finite or, under cosine, zero.
  Index assign(MatrixView<const float> centroids, std::span<Label> labels, ClusterSums& sums) override {
    const bool first = labels[0] < 0;
    const Index moved = assigner_.assign(centroids, labels, out_);
    if (first) {
      if (const Index bad = assigner_.bad_row(); bad >= 0) {
        Matrix<float> row(1, rows_.cols());
        rows_.read(bad, row);
      }
      std::vector<float> squares(squares_.size());
      assigner_.squares(squares);
      std::copy(squares.begin(), squares.end(), squares_.begin());
    }
    sums.set(out_.sums, out_.weights, out_.counts);
    return moved;
  }

 private:
  const CheckedRows& rows_;
  std::span<double> squares_;
  GpuAssigner<Rt> assigner_;
  typename GpuAssigner<Rt>::Sums out_;
};

/// The engines of k-means on a GPU. As the GPU computes the distances, a row whose distances to two centroids
/// differ by less than rounding may go to the other one than on a CPU. A CentroidSearch runs on the host.
template <GpuBackend B> struct AssignerOn<B> {
  using Rt = typename B::Runtime;

  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const B& gpu) {
    return std::make_unique<GpuLloydAssigner<Rt>>(job, gpu);
  }
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const B& gpu) {
    return AssignerOn<Cpu>::search(centroids, gpu.host());
  }
  /// Bytes of the device; rows that do not fit beside them are streamed.
  static MemoryPlan plan(const AssignmentShape& shape, const B& /*gpu*/) {
    const auto [n, cols] = shape.data;
    return MemoryPlan().add("assignment", GpuAssigner<Rt>::bytes(cols, shape.clusters, n));
  }
};

}  // namespace shoal
