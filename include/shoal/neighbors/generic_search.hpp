// Exact nearest neighbours on any backend: products of blocks of rows, whose scores run through a top-m.
#pragma once

#include <shoal/backend/backend.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// One exact search: for each row of `queries` the nearest rows of `features`.
struct NeighborQuery {
  AnyRows queries, features;
  bool self;  ///< the two are the same, and no row is its own neighbour
  const NeighborSettings& settings;
  const Hook& hook;

  [[nodiscard]] NeighborShape shape() const {
    return {features.rows(), features.cols(), self ? std::optional<Index>{} : queries.rows()};
  }
};

/// The search that needs nothing of a backend but its product: the readable reference. 1,024 queries at a
/// time meet all rows in blocks of 1,024, each block by one product, whose scores are offered to the m best
/// of each query so far. The rows stay in memory where the budget has room for them, and are read again for
/// each block of queries elsewhere: the blocks, and so the bits, are the same. O(q n d) time.
class GenericSearch {
 public:
  explicit GenericSearch(AnyBackend backend) : backend_(backend) {}

  /// Parts: the neighbours found, the rows that are searched, the queries, their scores and their candidates.
  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape) const {
    const MemoryPlan whole = plan(settings, shape, shape.rows);
    if (whole.fits(backend_.memory())) return whole;
    const MemoryPlan least = plan(settings, shape, std::min(shape.rows, block_rows));
    check_budget("exact_neighbors", least, backend_.memory());
    return least;
  }

  [[nodiscard]] Neighbors find(const NeighborQuery& query) const {
    const Index q = query.queries.rows(), n = query.features.rows(), d = query.features.cols();
    const NeighborSettings& settings = query.settings;
    const CheckedRows asking = searchable(query.queries, settings.similarity, "exact_neighbors");
    const CheckedRows asked = searchable(query.features, settings.similarity, "exact_neighbors");
    const bool resident = plan(settings, query.shape())["rows"] == bytes_for(n * d, sizeof(float));
    Matrix<float> rows(resident ? n : std::min(n, block_rows), d), block(std::min(q, block_rows), d),
        scores(block.rows(), std::min(n, block_rows));
    if (resident) read(asked, 0, rows);

    Neighbors result = room_for_neighbors(q, settings);
    for (Index c = 0; c < block_count(q, block_rows); ++c) {
      const Block chunk = block_at(q, block_rows, c);
      TopRows top(chunk.count, settings.count);
      const MatrixView<float> x = block.view().block(0, chunk.count);
      read(asking, chunk.first, x);
      for (Index j = 0; j < block_count(n, block_rows); ++j) {
        const Block b = block_at(n, block_rows, j);
        const MatrixView<float> y = rows.view().block(resident ? b.first : 0, b.count);
        if (!resident) read(asked, b.first, y);
        const MatrixView<float> s = scores.view().block(0, chunk.count).columns(0, b.count);
        backend_.product({x}, {y, true}, s);
        offer(s, b.first, query.self ? chunk.first : n, top);
      }
      take_best(top, result, backend_, [&](Index i) { return chunk.first + i; });
      check(report(query.hook, {.phase = "neighbors", .done = c + 1, .total = block_count(q, block_rows)}),
            Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
    }
    return result;
  }

 private:
  static constexpr Index block_rows = 1024, task_rows = 32;

  /// With `held` rows of the features in memory at a time.
  [[nodiscard]] static MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape,
                                       Index held) {
    const Index q = std::min(shape.queries.value_or(shape.rows), block_rows);
    return MemoryPlan()
        .add("neighbours", neighbors_bytes(shape.queries.value_or(shape.rows), settings))
        .add("rows", bytes_for(held * shape.cols, sizeof(float)))
        .add("queries", bytes_for(q * shape.cols, sizeof(float)))
        .add("scores", bytes_for(q * std::min(shape.rows, block_rows), sizeof(float)))
        .add("candidates", TopRows::bytes(q, settings.count));
  }

  void read(const CheckedRows& from, Index first, MatrixView<float> to) const {
    backend_.each_block(to.rows, task_rows,
                        [&](Block b, int) { from.read(first + b.first, to.block(b.first, b.count)); });
  }

  /// Offers the scores of a block of rows from `base` on; row i of the block's queries is row own + i of the
  /// features, which is not offered to itself.
  void offer(MatrixView<const float> scores, Index base, Index own, TopRows& top) const {
    backend_.each_block(scores.rows, task_rows, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) {
        const float* row = scores.row(i);
        for (Index j = 0; j < scores.cols; ++j)
          if (row[j] >= top.threshold(i) && base + j != own + i) top.offer(i, row[j], base + j);
      }
    });
  }

  AnyBackend backend_;
};

}  // namespace shoal
