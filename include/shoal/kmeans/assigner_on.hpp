// How a backend assigns rows to centroids: the customisation point of k-means, and the reference to any
// backend that takes its choice along.
#pragma once

#include <memory>

#include <shoal/backend/ranks.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/kmeans/generic_assigner.hpp>

namespace shoal {

/// The shape of the features that a plan is made for.
struct RowShape {
  Index rows;
  Index features;
};

/// What assigning rows takes, for plans.
struct AssignmentShape {
  RowShape data;
  Index clusters;
  Bounds bounds;
};

/// The engines of k-means on a backend B. This is the generic one, which needs nothing but what Backend
/// demands; Cpu (kmeans/bounds/assigner_on_cpu.hpp) and Gpu (kmeans/cuda/assigner_on_gpu.cuh) specialise it,
/// and so may a backend of your own, with the same three functions. What is made may refer to the backend.
template <class B> struct AssignerOn {
  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const B& backend) {
    return std::make_unique<GenericAssigner>(job, backend);
  }
  /// The centroids must outlive the search.
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const B& backend) {
    return std::make_unique<GenericCentroidSearch>(centroids, backend);
  }
  /// What the assigner holds, and the sums of clusters.
  static MemoryPlan plan(const AssignmentShape& shape, const B& /*backend*/) {
    const auto [n, cols] = shape.data;
    return MemoryPlan()
        .add("rows", bytes_for(n, 16))  // labels, those before, squared lengths
        .add("centroids", bytes_for(shape.clusters * cols, sizeof(double) + 2 * sizeof(float)))
        .add("moved rows", ClusterSums::moved_bytes(n, cols))
        .add("scratch", GenericCentroidSearch::bytes(shape.clusters, cols));
  }
};

/// Over ranks each assigns its own rows, by the backend that it has. A rank without rows has none to assign.
template <RankedBackend R> struct AssignerOn<R> {
  using Inner = AssignerOn<typename R::Inner>;

  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const R& ranks) {
    if (job.rows.rows() == 0) return std::make_unique<GenericAssigner>(job, ranks.inner());
    return Inner::assigner(job, ranks.inner());
  }
  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const R& ranks) {
    return Inner::search(centroids, ranks.inner());
  }
  static MemoryPlan plan(const AssignmentShape& shape, const R& ranks) {
    return Inner::plan(shape, ranks.inner())
        .add("sums of all ranks", bytes_for(shape.clusters * shape.data.features, sizeof(std::int64_t)));
  }
};

/// Any backend behind one type, by reference, with its engines of k-means: what fit and predict are compiled
/// against, once and not once a backend. The backend must outlive it.
class KMeansBackend : public AnyBackend {
 public:
  template <class B>
    requires(!std::derived_from<B, KMeansBackend> && Backend<B>)  // in this order: else it asks of itself
  KMeansBackend(const B& backend);                                // NOLINT: a reference to any backend

  [[nodiscard]] std::unique_ptr<Assigner> assigner(const AssignmentJob& job) const {
    return assigner_(backend_, job);
  }
  [[nodiscard]] std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids) const {
    return search_(backend_, centroids);
  }
  [[nodiscard]] MemoryPlan plan(const AssignmentShape& shape) const { return plan_(backend_, shape); }

 private:
  const void* backend_;
  std::unique_ptr<Assigner> (*assigner_)(const void*, const AssignmentJob&);
  std::unique_ptr<CentroidSearch> (*search_)(const void*, MatrixView<const float>);
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
      plan_([](const void* b, const AssignmentShape& shape) {
        return AssignerOn<B>::plan(shape, *static_cast<const B*>(b));
      }) {}

}  // namespace shoal
