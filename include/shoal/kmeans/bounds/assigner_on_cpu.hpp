// The engines of k-means on the CPU: pruning if it pays, else fused products.
#pragma once

#include <algorithm>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/assigner_on.hpp>
#include <shoal/kmeans/bounds/pruned_assigner.hpp>
#include <shoal/kmeans/full_assigner.hpp>

namespace shoal {

/// The settings of PrunedAssigner for bounds other than off.
inline PrunedAssigner::Settings assigner_settings(Bounds bounds) {
  return {.group = bounds == Bounds::group ? 8 : 1, .keep = bounds != Bounds::none};
}

/// The bytes of the bounds that are kept from iteration to iteration.
inline std::size_t kept_bytes(const AssignmentShape& shape, Bounds bounds) {
  if (bounds == Bounds::off || bounds == Bounds::none) return 0;
  const Index group = assigner_settings(bounds).group, width = block_count(shape.clusters, 64 * group) * 64;
  const Index codes = bounds == Bounds::pair ? static_cast<Index>(RowCodes::bytes(shape.data.features)) : 0;
  return bytes_for(shape.data.rows, static_cast<std::size_t>(width + codes));
}

/// The kind of bounds for the requested one under a memory budget (0: no limit). Pruning pays above some tens
/// of centroids and features; Bounds::none pays only if the processor multiplies bytes (codes.hpp).
inline Bounds choose_bounds(const AssignmentShape& shape, std::size_t budget) {
  if (shape.bounds != Bounds::automatic) return shape.bounds;
  const auto [n, cols] = shape.data;
  if (shape.clusters < 64 || cols < 32) return Bounds::off;
  const std::size_t limit = budget > 0 ? budget / 2 : std::size_t{2} << 30;
  for (const Bounds bounds : {Bounds::pair, Bounds::group})
    if (kept_bytes(shape, bounds) <= limit) return bounds;
  return fastest_cost < 1 ? Bounds::none : Bounds::off;
}

/// Makes the engine for those bounds. A template for shoal::compiled (docs/design.md, "Compile time").
template <class = void> std::unique_ptr<Assigner> assigner_on_cpu(const AssignmentJob& job, const Cpu& cpu) {
  const AssignmentShape shape{{job.rows.rows(), job.rows.cols()}, job.clusters, job.bounds};
  const Bounds bounds = choose_bounds(shape, cpu.memory());
  if (bounds == Bounds::off) return make_owned<Assigner, FullAssigner>(job, cpu);
  return make_owned<Assigner, PrunedAssigner>(job, cpu, assigner_settings(bounds));
}

/// k-means on a Cpu: the bounds that fit its memory, and the fused assigners.
template <> struct AssignerOn<Cpu> {
  static std::unique_ptr<Assigner> assigner(const AssignmentJob& job, const Cpu& cpu) {
    return assigner_on_cpu(job, cpu);
  }

  static std::unique_ptr<CentroidSearch> search(MatrixView<const float> centroids, const Cpu& cpu) {
    return make_owned<CentroidSearch, TileSearch>(centroids, cpu);
  }

  static MemoryPlan plan(const AssignmentShape& shape, const Cpu& cpu) {
    const auto [n, cols] = shape.data;
    const Index clusters = shape.clusters, block = pass_rows(cols);
    const Bounds bounds = choose_bounds(shape, cpu.memory());
    const Index marks = (clusters + 64) / 8 + (bounds == Bounds::pair ? 0 : clusters + 512);
    const Index scratch = block * cols * (4 + 4 + 1) + clusters * 4 + block * (tile_cols * 8 + marks);
    return MemoryPlan()
        .add("rows", bytes_for(n, 16))  // labels, squared lengths, distances to their centroids
        .add("bounds", kept_bytes(shape, bounds))
        .add("centroids", bytes_for(clusters * cols, 8 + 5 * 4 + 2) +  // sums; now, before, packed
                              bytes_for(clusters, static_cast<std::size_t>(RowCodes::bytes(cols))))
        .add("moved rows", ClusterSums::moved_bytes(n, cols))
        .add("scratch", bytes_for(cpu.threads(), static_cast<std::size_t>(scratch)));
  }
};

}  // namespace shoal
