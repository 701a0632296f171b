// The engines of k-means on a GPU: what computes distances runs on the device.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include <shoal/backend/gpu.cuh>
#include <shoal/kmeans/cuda/centroid_search.cuh>
#include <shoal/kmeans/cuda/iterations.cuh>
#include <shoal/kmeans/cuda/seed_squares.cuh>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

inline AssignmentPrecision assignment_precision(const GpuSettings& settings) {
  return {settings.precision, settings.refine};
}

/// The assigner of Lloyd's iterations on a GPU. `bounds` is ignored. The rows stay on the device from
/// iteration to iteration if they fit there. A process on its own iterates there too (see resident());
/// assign() is for ranks, which must exchange sums in between.
template <class Rt> class GpuLloydAssigner final : public Assigner {
 public:
  /// `room`: the device memory that the rows may take, in bytes, if they are not there yet.
  GpuLloydAssigner(const AssignmentJob& job, const Gpu<Rt>& gpu, std::size_t room)
      : source_(job.rows),
        squares_(job.squares),
        stream_(gpu.stream()),
        rows_(rows_on_device(gpu, source_, room)),
        assigner_(stream_, *rows_, job.clusters, job.weights, assignment_precision(gpu.settings())) {}

  Index assign(MatrixView<const float> centroids, std::span<Label> labels, ClusterSums& sums) override {
    const bool first = labels[0] < 0;
    std::vector<Label> before(labels.begin(), labels.end());
    assigner_.sums().clear(sums.grids());
    assigner_.put(centroids, labels);
    assigner_.assign();
    if (first) check_rows();
    assigner_.get_labels(labels);
    assigner_.get_sums(sums);
    return std::inner_product(labels.begin(), labels.end(), before.begin(), Index{0}, std::plus<>(),
                              std::not_equal_to<>());
  }

  std::unique_ptr<ResidentClusters> resident(const Frame& frame, const SumGrids& grids) override {
    return std::make_unique<GpuIterations<Rt>>(stream_, assigner_, frame, grids, [this] { check_rows(); });
  }

  /// The device memory in bytes, without that of the rows.
  static std::size_t bytes(Index n, Index d, Index clusters, AssignmentPrecision precision) {
    return GpuAssigner<Rt>::bytes(n, d, clusters, precision) + GpuIterations<Rt>::bytes(n, d, clusters);
  }

 private:
  /// Throws bad_data, as CheckedRows does, for rows that are not finite or, under cosine, zero; and fills
  /// squares_.
  void check_rows() {
    rows_->check(source_);
    std::vector<float> squares(squares_.size());
    rows_->squares(squares);
    std::copy(squares.begin(), squares.end(), squares_.begin());
  }

  const CheckedRows& source_;
  std::span<double> squares_;
  GpuStream<Rt>& stream_;
  std::shared_ptr<PreparedRows<Rt>> rows_;
  GpuAssigner<Rt> assigner_;
};

/// The engines of k-means on a GPU. As the GPU computes the distances, a row whose distances to two centroids
/// differ by less than rounding may go to the other one than on a CPU. The host draws first centroids, by
/// distances that the device computes, and computes the sums of mini-batches.
template <GpuBackend B> struct AssignerOn<B> {
  using Rt = typename B::Runtime;

  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const B& gpu) {
    return std::make_unique<GpuLloydAssigner<Rt>>(job, gpu, room(job.rows, job.clusters, gpu));
  }
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const B& gpu) {
    return std::make_unique<GpuCentroidSearch<Rt>>(centroids, gpu, assignment_precision(gpu.settings()));
  }
  static std::unique_ptr<SeedSquares> seed_squares(const CheckedRows& rows, Index clusters, const B& gpu) {
    return std::make_unique<GpuSeedSquares<Rt>>(rows, clusters, gpu, room(rows, clusters, gpu));
  }
  /// Bytes of the device; rows that do not fit beside them are streamed.
  static MemoryPlan plan(const AssignmentShape& shape, const B& gpu) {
    const auto [n, cols] = shape.data;
    return MemoryPlan().add("assignment", bytes(n, cols, shape.clusters, gpu));
  }

 private:
  /// What the rows may take of the device's memory.
  static std::size_t room(const CheckedRows& rows, Index clusters, const B& gpu) {
    return gpu.room_beside(bytes(rows.rows(), rows.cols(), clusters, gpu));
  }
  /// What a fit takes beside resident rows: for its iterations, or for the searches of AFK-MC² and of bounded
  /// sizes.
  static std::size_t bytes(Index n, Index d, Index clusters, const B& gpu) {
    constexpr Index asked = AfkMc2::chain * AfkMc2::batch, most_nearest = 16;
    const AssignmentPrecision precision = assignment_precision(gpu.settings());
    return PreparedRows<Rt>::bytes(n, d) +
           std::max(GpuLloydAssigner<Rt>::bytes(n, d, clusters, precision),
                    GpuCentroidSearch<Rt>::bytes(std::max(n, asked), d, clusters, most_nearest, precision));
  }
};

}  // namespace shoal
