// The customisation point of k-means, by which a backend assigns rows to centroids, and a reference to any
// backend with its engines.
#pragma once

#include <memory>

#include <shoal/backend/ranks.hpp>
#include <shoal/core/make_owned.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/kmeans/generic_assigner.hpp>
#include <shoal/kmeans/seed_distances.hpp>

namespace shoal {

/// The shape of the features, for plans.
struct RowShape {
  Index rows;
  Index features;
};

/// The size of an assignment, for plans.
struct AssignmentShape {
  RowShape data;
  Index clusters;
  Bounds bounds;
};

/// Whether a backend has an engine of its own for the distances of seeding.
template <class B, class On>
concept ComputesSeedSquares = requires(const CheckedRows& rows, Index clusters, const B& backend) {
  { On::seed_squares(rows, clusters, backend) } -> std::same_as<std::unique_ptr<SeedSquares>>;
};

/// The engines of k-means on a backend B. This primary template is generic and needs only what Backend
/// demands. Cpu (kmeans/bounds/assigner_on_cpu.hpp) and Gpu (kmeans/cuda/assigner_on_gpu.cuh) specialise it,
/// and so may your own backend, with the same three functions; where rows are kept on a device, it may also
/// have a fourth, seed_squares(rows, clusters, backend). The engines may refer to the backend, which must
/// outlive them.
template <class B> struct AssignerOn {
  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const B& backend) {
    return make_owned<Assigner, GenericAssigner>(job, backend);
  }
  /// Makes a search for centroids, which must outlive it.
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const B& backend) {
    return make_owned<CentroidSearch, GenericCentroidSearch>(centroids, backend);
  }
  /// The memory of the assigner and of the sums of clusters, in bytes by use.
  static MemoryPlan plan(const AssignmentShape& shape, const B& /*backend*/) {
    const auto [n, cols] = shape.data;
    return MemoryPlan()
        .add("rows", bytes_for(n, 16))  // labels, previous labels, squared norms
        .add("centroids", bytes_for(shape.clusters * cols, sizeof(double) + 2 * sizeof(float)))
        .add("moved rows", ClusterSums::moved_bytes(n, cols))
        .add("scratch", GenericCentroidSearch::bytes(shape.clusters, cols));
  }
};

/// Over ranks, each rank assigns its own rows by its own backend. A rank without rows has none to assign.
template <RankedBackend R> struct AssignerOn<R> {
  using Inner = AssignerOn<typename R::Inner>;

  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const R& ranks) {
    if (job.rows.rows() == 0) return make_owned<Assigner, GenericAssigner>(job, ranks.inner());
    return Inner::assigner(job, ranks.inner());
  }
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const R& ranks) {
    return Inner::search(centroids, ranks.inner());
  }
  static std::unique_ptr<SeedSquares> seed_squares(const CheckedRows& rows, Index clusters, const R& ranks) {
    if constexpr (ComputesSeedSquares<typename R::Inner, Inner>)
      if (rows.rows() > 0) return Inner::seed_squares(rows, clusters, ranks.inner());
    return nullptr;
  }
  static MemoryPlan plan(const AssignmentShape& shape, const R& ranks) {
    return Inner::plan(shape, ranks.inner())
        .add("sums of all ranks", bytes_for(shape.clusters * shape.data.features, sizeof(std::int64_t)));
  }
};

/// A type-erased reference to any backend with its engines of k-means. fit and predict are compiled against
/// it, once and not once for each backend. The backend must outlive it.
class KMeansBackend : public AnyBackend {
 public:
  template <class B>
    requires(!std::derived_from<B, KMeansBackend> &&
             Backend<B>)            // in this order, to avoid recursion in the constraint
  KMeansBackend(const B& backend);  // NOLINT: a reference to any backend

  [[nodiscard]] std::unique_ptr<Assigner> assigner(const AssignmentJob& job) const {
    return assigner_(backend_, job);
  }
  [[nodiscard]] std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids) const {
    return search_(backend_, centroids);
  }
  /// The engine for the distances of seeding; null where the host computes them.
  [[nodiscard]] std::unique_ptr<SeedSquares> seed_squares(const CheckedRows& rows, Index clusters) const {
    return seed_squares_(backend_, rows, clusters);
  }
  [[nodiscard]] MemoryPlan plan(const AssignmentShape& shape) const { return plan_(backend_, shape); }

 private:
  const void* backend_;
  std::unique_ptr<Assigner> (*assigner_)(const void*, const AssignmentJob&);
  std::unique_ptr<CentroidSearch> (*search_)(const void*, MatrixView<const float>);
  std::unique_ptr<SeedSquares> (*seed_squares_)(const void*, const CheckedRows&, Index);
  MemoryPlan (*plan_)(const void*, const AssignmentShape&);
};

template <class B>
  requires(!std::derived_from<B, KMeansBackend> && Backend<B>)
KMeansBackend::KMeansBackend(const B& backend)
    : AnyBackend(backend),
      backend_(std::addressof(backend)),
      assigner_([](const void* b, const AssignmentJob& job) {
        return AssignerOn<B>::assigner(job, *static_cast<const B*>(b));
      }),
      search_([](const void* b, MatrixView<const float> centroids) {
        return AssignerOn<B>::search(centroids, *static_cast<const B*>(b));
      }),
      seed_squares_([]([[maybe_unused]] const void* b, [[maybe_unused]] const CheckedRows& rows,
                       [[maybe_unused]] Index clusters) -> std::unique_ptr<SeedSquares> {
        if constexpr (ComputesSeedSquares<B, AssignerOn<B>>)
          return AssignerOn<B>::seed_squares(rows, clusters, *static_cast<const B*>(b));
        else
          return nullptr;
      }),
      plan_([](const void* b, const AssignmentShape& shape) {
        return AssignerOn<B>::plan(shape, *static_cast<const B*>(b));
      }) {}

}  // namespace shoal
