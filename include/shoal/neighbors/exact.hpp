// The exact nearest neighbours of every row, by blocked products with a running top m.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

namespace exact_impl {

/// Offers the scores of queries [q.first, …) against base rows [b.first, …); `self` leaves out equal ids.
inline void offer_tile(MatrixView<const float> scores, Index query, Index base, bool self, Index slot,
                       TopRows& top) {
  for (Index i = 0; i < scores.rows; ++i) {
    const Index own = self ? query + i - base : -1;
    for (Index j = 0; j < scores.cols; ++j)
      if (scores(i, j) >= top.bar(slot + i) && j != own) top.offer(slot + i, scores(i, j), base + j);
  }
}

inline Neighbors search(RowsRef queries, RowsRef base, bool self, const NeighborSettings& settings,
                        const Cpu& cpu, const Hook& hook) {
  constexpr Index many = 4096, few = 64;
  const Index n = queries.rows(), d = queries.cols(), m = settings.count;
  Neighbors result{Matrix<std::int32_t>(n, m), Matrix<float>(settings.keep_similarities ? n : 0, m)};
  Matrix<float> a(std::min(n, many), d), b(std::min(base.rows(), many), d);
  std::vector<Matrix<float>> tiles(static_cast<std::size_t>(cpu.threads()));
  for (auto& tile : tiles) tile = Matrix<float>(few, b.rows());
  const auto load = [&](RowsRef source, Block block, Matrix<float>& into) {
    cpu.each_block(block.count, 256, [&](Block rows, int) {
      read_for_search("exact_neighbors", source, settings.similarity, block.first + rows.first,
                      into.view().block(rows.first, rows.count));
    });
  };
  for (Index q = 0; q < block_count(n, many); ++q) {
    const Block query = block_at(n, many, q);
    load(queries, query, a);
    TopRows top(query.count, m);
    for (Index k = 0; k < block_count(base.rows(), many); ++k) {
      const Block against = block_at(base.rows(), many, k);
      load(base, against, b);
      cpu.each_block(query.count, few, [&](Block rows, int lane) {
        const auto tile =
            tiles[static_cast<std::size_t>(lane)].view().block(0, rows.count).columns(0, against.count);
        multiply({a.view().block(rows.first, rows.count)}, {b.view().block(0, against.count), true}, tile,
                 Update::assign);
        offer_tile(tile, query.first + rows.first, against.first, self, rows.first, top);
      });
    }
    cpu.each_row(query.count, [&](Index i) {
      const Index row = query.first + i;
      top.take(i, result.ids.view().span(row),
               settings.keep_similarities ? result.similarities.view().span(row) : std::span<float>{});
    });
    check(report(hook, {.phase = "neighbors", .done = q + 1, .total = block_count(n, many)}), Errc::stopped,
          "exact_neighbors: stopped by the hook after ", query.first + query.count, " of ", n, " rows");
  }
  return result;
}

}  // namespace exact_impl

/// The m nearest other rows of every row of `features` (n × d): s(i, j) = x_i · x_j, rows scaled to length
/// one first where the similarity is the cosine. Exact to float32 rounding; ties by lowest id; the same bits
/// for any number of threads. Reads the source in blocks. O(n² d) time. Throws invalid_argument unless 1 ≤
/// count < n; bad_data for NaN, infinite and (cosine) zero rows; stopped when the hook asks to, since half a
/// search is of no use.
inline Neighbors exact_neighbors(RowsRef features, const NeighborSettings& settings, const Cpu& cpu,
                                 const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return exact_impl::search(features, features, true, settings, cpu, hook);
}

/// The same for rows of another set: for every row of `queries` the m nearest rows of `features`, whose ids
/// they are.
inline Neighbors exact_neighbors(RowsRef queries, RowsRef features, const NeighborSettings& settings,
                                 const Cpu& cpu, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows());
  return exact_impl::search(queries, features, false, settings, cpu, hook);
}

}  // namespace shoal
