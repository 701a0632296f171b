// Exact nearest neighbours on the GPU: products tile by tile, each merged into the running m best of its
// rows.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/neighbors/cuda/merge_top.cuh>
#include <shoal/neighbors/exact.hpp>

namespace shoal {

namespace cuda_neighbors_impl {

inline constexpr Index query_rows = 4096, base_rows = 2048;

/// The rows of one side of the search, on the device.
template <class Rt> struct Side {
  Side(GpuStream<Rt>& stream, AnyRows from, const NeighborSettings& settings, Index block, std::size_t room)
      : source(searchable(from, settings.similarity, "exact_neighbors")),
        prepare(stream, from.rows(), settings.similarity == Similarity::cosine),
        rows(stream, from, block, room, [this](Block b, MatrixView<float> x) { prepare(b, x); }) {}

  /// Throws what the CPU throws for the first row so far that is no good.
  void refuse_bad() {
    Matrix<float> values(1, rows.cols());
    if (const Index row = prepare.first_bad(); row >= 0) source.read(row, values);
  }

  CheckedRows source;
  RowPreparation<Rt> prepare;
  DeviceRows<Rt> rows;
};

}  // namespace cuda_neighbors_impl

/// Device bytes of a search on d features for m neighbours, beside its base rows.
inline std::size_t search_bytes(Index d, Index m) {
  using namespace cuda_neighbors_impl;
  return static_cast<std::size_t>(3 * (query_rows + base_rows) * (d + 2) + query_rows * (base_rows + 2 * m)) *
         sizeof(float);  // two of a streamed side's blocks, and half of one more as a factor
}

/// The neighbours of a query, found on the stream's device. `room`: device bytes for the rows that are
/// searched.
template <class Rt>
Neighbors search_neighbors(GpuStream<Rt>& stream, const NeighborQuery& query, std::size_t room,
                           Precision precision) {
  using namespace cuda_neighbors_impl;
  const AnyRows queries = query.queries, base = query.features;
  const NeighborSettings& settings = query.settings;
  const Index n = queries.rows(), m = settings.count;
  const Index high = std::min(n, query_rows);
  Side<Rt> below(stream, base, settings, base_rows, room);
  if (below.rows.resident()) below.refuse_bad();
  Side<Rt> above(stream, queries, settings, query_rows, 0);
  RoundedFactor<Rt> query_factor(stream, precision, high * queries.cols()),
      base_factor(stream, precision, std::min(base.rows(), base_rows) * base.cols());
  DeviceArray<Rt, float> scores(stream, high * base_rows);
  DeviceArray<Rt, std::uint64_t> best(stream, high * m);
  Download<Rt, std::uint64_t> answer(stream, high * m);
  Neighbors result{Matrix<std::int32_t>(n, m), Matrix<float>(settings.keep_similarities ? n : 0, m)};

  above.rows.each_block([&](Block q, MatrixView<const float> x) {
    const MatrixView<std::uint64_t> words = best.view(q.count, m);
    const Factor asking = query_factor(x);
    stream.zero(best.data(), q.count * m);
    below.rows.each_block([&](Block b, MatrixView<const float> y) {
      const MatrixView<float> tile = scores.view(q.count, b.count);
      stream.product(asking, base_factor(y).transpose(), tile);
      stream.launch(warp_per_item(q.count), MergeTop{query.self}, MatrixView<const float>(tile), q.first,
                    b.first, words);
    });
    answer.start(best.data(), q.count * m);
    above.refuse_bad();
    below.refuse_bad();
    const MatrixView<const std::uint64_t> found(answer.take(), q.count, m);
    for (Index i = 0; i < q.count; ++i)
      for (Index j = 0; j < m; ++j) {
        result.ids(q.first + i, j) = id_of(found(i, j));
        if (settings.keep_similarities) result.similarities(q.first + i, j) = score_of(found(i, j));
      }
    check(report(query.hook, {.phase = "neighbors", .done = q.index + 1, .total = block_count(n, high)}),
          Errc::stopped, "exact_neighbors: stopped by the hook after ", q.first + q.count, " of ", n,
          " rows");
  });
  return result;
}

/// The search of a GPU: the rows that are searched stay on the device where there is room, and are read again
/// for every 4096 queries elsewhere. Scores of 4096 × 2048 at a time, never n × n. The precision of the
/// products is that of the similarities.
template <GpuBackend B> class SearchOn<B> {
 public:
  using Rt = typename B::Runtime;

  explicit SearchOn(const B& gpu) : gpu_(gpu) {}

  /// Device bytes: the rows that are searched, as far as they fit, and the blocks that meet.
  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape) const {
    MemoryPlan plan;
    plan.add("blocks", search_bytes(shape.cols, settings.count));
    const std::size_t rows = bytes_for(shape.rows * shape.cols, sizeof(float));
    if (rows <= gpu_.room_beside(plan.total())) plan.add("rows", rows);
    return plan;
  }

  [[nodiscard]] Neighbors find(const NeighborQuery& query) const {
    return search_neighbors(gpu_.stream(), query, plan(query.settings, query.shape())["rows"],
                            gpu_.settings().precision);
  }

 private:
  const B& gpu_;
};

}  // namespace shoal
