// Exact nearest neighbours on any backend: products of blocks of rows, whose scores pass through a top-m.
#pragma once

#include <shoal/backend/backend.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/core/memory_plan.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/neighbor_query.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// The search that needs only the product of a backend: the readable reference. Blocks of 1,024 queries are
/// multiplied with blocks of 1,024 rows, and the scores are offered to the m best so far of each query. The
/// rows are kept in memory if the budget has room for them; otherwise they are read again for each block of
/// queries. The blocks are the same in both cases, so the bits are too. O(q n d) time.
class GenericSearch {
 public:
  explicit GenericSearch(AnyBackend backend) : backend_(backend) {}

  /// The memory plan by parts: the neighbours found, the searched rows, the queries, their scores and their
  /// candidates.
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
    const PreparedQuery prepared(query, backend_);
    const SearchRows &asking = prepared.asking(), &asked = prepared.asked;
    const bool resident = plan(settings, query.shape())["rows"] == bytes_for(n * d, sizeof(float));
    Matrix<float> rows(resident ? n : std::min(n, block_rows), d), block(std::min(q, block_rows), d),
        scores(block.rows(), std::min(n, block_rows));
    if (resident) read(asked, 0, rows);

    Neighbors result = room_for_neighbors(q, settings);
    for (Index c = 0; c < block_count(q, block_rows); ++c) {
      const Block chunk = block_at(q, block_rows, c);
      TopRows top(chunk.count, candidates_for(settings.count));
      const MatrixView<float> x = block.view().block(0, chunk.count);
      read(asking, chunk.first, x);
      for (Index j = 0; j < block_count(n, block_rows); ++j) {
        const Block b = block_at(n, block_rows, j);
        const MatrixView<float> y = rows.view().block(resident ? b.first : 0, b.count);
        if (!resident) read(asked, b.first, y);
        const MatrixView<float> s = scores.view().block(0, chunk.count).columns(0, b.count);
        backend_.product({x}, {y, true}, s);
        offer(asking, chunk.first, asked, b.first, s, query.self, top);
      }
      const auto candidates = [&](Index i) {
        return RowCandidates{chunk.first + i, top.sorted(i), top.dropped(i)};
      };
      take_best(asking, asked, query.self, dot_rounding(d), chunk.count, candidates, result, backend_);
      check(report(query.hook, {.phase = "neighbors", .done = c + 1, .total = block_count(q, block_rows)}),
            Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
    }
    if (settings.keep_similarities) fill_similarities(asking, asked, result, backend_);
    return result;
  }

 private:
  static constexpr Index block_rows = 1024, task_rows = 32;

  /// The plan with `held` rows of the features in memory at a time.
  [[nodiscard]] static MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape,
                                       Index held) {
    const Index q = std::min(shape.queries.value_or(shape.rows), block_rows);
    return MemoryPlan()
        .add("neighbours", neighbors_bytes(shape.queries.value_or(shape.rows), settings))
        .add("rows", bytes_for(held * shape.cols, sizeof(float)))
        .add("queries", bytes_for(q * shape.cols, sizeof(float)))
        .add("scores", bytes_for(q * std::min(shape.rows, block_rows), sizeof(float)))
        .add("candidates", TopRows::bytes(q, candidates_for(settings.count)))
        .add("measures", SearchRows::bytes(shape.rows + shape.queries.value_or(0)));
  }

  void read(const SearchRows& from, Index first, MatrixView<float> to) const {
    backend_.each_block(to.rows, task_rows,
                        [&](Block b, int) { from.read(first + b.first, to.block(b.first, b.count)); });
  }

  /// Offers the pairs of the rows [x, …) of `asking` and [y, …) of `asked`, given their products. With `self`
  /// a row is not offered to itself.
  void offer(const SearchRows& asking, Index x, const SearchRows& asked, Index y,
             MatrixView<const float> products, bool self, TopRows& top) const {
    const float rounding = dot_rounding(asked.cols());
    Buffer<RowMeasure> others;
    for (Index j = 0; j < products.cols; ++j) others.push_back(asked.measure(y + j));
    backend_.each_block(products.rows, task_rows, [&](Block b, int) {
      for (Index i = b.first; i < b.first + b.count; ++i) {
        const RowMeasure own = asking.measure(x + i);
        const float* row = products.row(i);
        for (Index j = 0; j < products.cols; ++j) {
          const float key = pair_key(row[j], own, others[static_cast<std::size_t>(j)], rounding);
          if (key >= top.threshold(i) && !(self && x + i == y + j)) top.offer(i, key, y + j);
        }
      }
    });
  }

  AnyBackend backend_;
};

}  // namespace shoal
