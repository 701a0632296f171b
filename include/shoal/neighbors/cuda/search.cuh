// Exact nearest neighbours on the GPU: products tile by tile, each merged into the running m best of its
// rows.
#pragma once

#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// Puts `word` in its place among the m words of `best`, which descend; the last falls out. Pre: word >
/// best[m − 1]. By a warp: 32 places at a time from the end, each read by all before any is moved one place
/// on.
template <class Exec>
SHOAL_HD void insert_word(Exec& exec, std::uint64_t* best, Index m, std::uint64_t word) {
  for (Index first = (m - 1) / warp_size * warp_size; first >= 0; first -= warp_size) {
    const Index place = first + warp_lane(exec);
    const std::uint64_t held = place < m ? best[place] : 0;
    const unsigned better = exec.ballot(held > word);
    if (place + 1 < m && held < word) best[place + 1] = held;
    exec.warp_barrier();
    if (better == 0 && first > 0) continue;
    // The better ones come first: as many as there are, so far on is the word's place.
    if (warp_lane(exec) == 0) best[first + bit_count(better)] = word;
    exec.warp_barrier();
    return;
  }
}

/// Offers the scores [Q × W] of queries [query, …) against base rows [base, …) to best [Q × m], whose words
/// (neighbors/top.hpp) descend; 0 stands for none. With `self` a row is not offered itself. A warp a query.
struct MergeTop {
  bool self;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> scores, Index query, Index base,
                           MatrixView<std::uint64_t> best) const {
    const Index i = warp_item(exec);
    if (i >= scores.rows) return;
    const float* row = scores.row(i);
    std::uint64_t* words = best.row(i);
    const Index m = best.cols, own = self ? query + i - base : -1;
    for (Index first = 0; first < scores.cols; first += warp_size) {
      const Index j = first + warp_lane(exec);
      const std::uint64_t word = j < scores.cols && j != own ? scored(row[j], base + j) : 0;
      unsigned candidates = exec.ballot(word > words[m - 1]);
      for (; candidates != 0; candidates &= candidates - 1) {
        const std::uint64_t next = exec.shuffle(word, lowest_bit(candidates));
        if (next > words[m - 1]) insert_word(exec, words, m, next);
      }
    }
  }
};

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

/// The m nearest rows of `base` for each row of `queries`, as exact_neighbors of neighbors/exact.hpp, on the
/// stream's device; with `self` the two are the same and no row is its own neighbour. `room`: device bytes
/// for the base rows; where they need more, they are read again for every 4096 queries. Scores of 4096 × 2048
/// at a time, never n × n; `precision` is theirs, and so that of the similarities.
template <class Rt>
Neighbors search_neighbors(GpuStream<Rt>& stream, AnyRows queries, AnyRows base, bool self,
                           const NeighborSettings& settings, std::size_t room, const Hook& hook,
                           Precision precision = Precision::float32) {
  using namespace cuda_neighbors_impl;
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
    const Factor query = query_factor(x);
    stream.zero(best.data(), q.count * m);
    below.rows.each_block([&](Block b, MatrixView<const float> y) {
      const MatrixView<float> tile = scores.view(q.count, b.count);
      stream.product(query, base_factor(y).transpose(), tile);
      stream.launch(warp_per_item(q.count), MergeTop{self}, MatrixView<const float>(tile), q.first, b.first,
                    words);
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
    check(report(hook, {.phase = "neighbors", .done = q.index + 1, .total = block_count(n, high)}),
          Errc::stopped, "exact_neighbors: stopped by the hook after ", q.first + q.count, " of ", n,
          " rows");
  });
  return result;
}

}  // namespace shoal
