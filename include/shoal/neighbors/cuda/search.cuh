// Exact nearest neighbours on the GPU: products tile by tile, each merged into the running best of its rows.
#pragma once

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/neighbors/cuda/merge_top.cuh>
#include <shoal/neighbors/exact.hpp>

namespace shoal {

namespace cuda_neighbors_impl {

inline constexpr Index query_rows = 4096, base_rows = 2048;

/// x ← (x · factor − centre) · scale, as in SearchRows; without factors they are 1. One warp for each row.
struct BringRows {
  double scale;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<float> x, const double* factors,
                           const double* centre) const {
    const Index i = warp_item(exec);
    if (i >= x.rows) return;
    float* row = x.row(i);
    const double factor = factors != nullptr ? factors[i] : 1;
    for (Index k = warp_lane(exec); k < x.cols; k += warp_size)
      row[k] = static_cast<float>((static_cast<double>(row[k]) * factor - centre[k]) * scale);
  }
};

/// The words of the pairs of a row with the rows from `base` on, without the row `own`.
struct PairWords {
  const float* products;
  RowMeasure row;
  const RowMeasure* others;
  float rounding;
  Index base, own;

  SHOAL_HD std::uint64_t operator()(Index j) const {
    return base + j != own ? scored(pair_key(products[j], row, others[j], rounding), base + j) : 0;
  }
};

/// Offers the pairs of queries [query, …) with rows [base, …), given their products [Q × W], to best [Q × c].
/// One warp for each query.
struct MergePairs {
  bool self;
  float rounding;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const RowMeasure* asking,
                           Index query, const RowMeasure* asked, Index base,
                           MatrixView<std::uint64_t> best) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    merge_words(
        exec, products.cols,
        PairWords{products.row(i), asking[query + i], asked + base, rounding, base, self ? query + i : -1},
        best.row(i), best.cols);
  }
};

template <class Rt, class T> DeviceArray<Rt, T> on_device(GpuStream<Rt>& stream, std::span<const T> values) {
  DeviceArray<Rt, T> array(stream, std::ssize(values));
  to_device(stream, array.data(), values.data(), array.size());
  return array;
}
inline std::vector<RowMeasure> measures_of(const SearchRows& rows) {
  std::vector<RowMeasure> all;
  for (Index i = 0; i < rows.rows(); ++i) all.push_back(rows.measure(i));
  return all;
}

/// The rows of one side of the search on the device.
template <class Rt> struct Side {
  Side(GpuStream<Rt>& stream, const SearchRows& from, Index block, std::size_t room)
      : measures(on_device<Rt, RowMeasure>(stream, measures_of(from))),
        factors(on_device<Rt, double>(stream, from.centred().factors())),
        centre(on_device<Rt, double>(stream, from.centred().centre())),
        rows(stream, from.source(), block, room,
             [this, &stream, bring = BringRows{from.centred().scale()}](Block b, MatrixView<float> x) {
               const double* of_block =
                   factors.size() > 0 ? std::as_const(factors).data() + b.first : nullptr;
               stream.launch(warp_per_item(x.rows), bring, x, of_block, std::as_const(centre).data());
             }) {}

  DeviceArray<Rt, RowMeasure> measures;
  DeviceArray<Rt, double> factors, centre;
  DeviceRows<Rt> rows;
};

}  // namespace cuda_neighbors_impl

/// The device memory of a search for m neighbours among n rows of d features, without the rows themselves, in
/// bytes.
inline std::size_t search_bytes(Index queries, Index n, Index d, Index m) {
  using namespace cuda_neighbors_impl;
  return bytes_for(3 * (query_rows + base_rows) * d + query_rows * (base_rows + 2 * candidates_for(m)), 4) +
         bytes_for(queries + n, sizeof(RowMeasure) + sizeof(double));
  // two blocks of a streamed side, and half of another as a factor
}

/// Finds the neighbours of a query on the stream's device. `room` is the device memory for the searched rows,
/// in bytes. In float32 the products find candidates, whose order is decided as on a CPU
/// (neighbors/exact_order.hpp); at a lower precision they give the result, similarities included.
template <class Rt>
Neighbors search_neighbors(GpuStream<Rt>& stream, const NeighborQuery& query, std::size_t room,
                           Precision precision, Workers host) {
  using namespace cuda_neighbors_impl;
  const NeighborSettings& settings = query.settings;
  const PreparedQuery prepared(query, host);
  const SearchRows &asking = prepared.asking(), &asked = prepared.asked;
  const Index n = asking.rows(), d = asked.cols(), available = asked.rows() - (query.self ? 1 : 0);
  const bool exact = precision == Precision::float32;
  const float rounding = exact ? dot_rounding(d) : 0.f;
  const Index kept = exact ? std::min(available, candidates_for(settings.count)) : settings.count;
  const Index high = std::min(n, query_rows);
  Side<Rt> below(stream, asked, base_rows, room), above(stream, asking, query_rows, 0);
  RoundedFactor<Rt> query_factor(stream, precision, high * d),
      base_factor(stream, precision, std::min(asked.rows(), base_rows) * d);
  DeviceArray<Rt, float> products(stream, high * base_rows);
  DeviceArray<Rt, std::uint64_t> best(stream, high * kept);
  Download<Rt, std::uint64_t> answer(stream, high * kept);
  Neighbors result = room_for_neighbors(n, settings);

  above.rows.each_block([&](Block q, MatrixView<const float> x) {
    const MatrixView<std::uint64_t> words = best.view(q.count, kept);
    const Factor left = query_factor(x);
    stream.zero(best.data(), q.count * kept);
    below.rows.each_block([&](Block b, MatrixView<const float> y) {
      const MatrixView<float> tile = products.view(q.count, b.count);
      stream.product(left, base_factor(y).transpose(), tile);
      stream.launch(warp_per_item(q.count), MergePairs{query.self, rounding}, MatrixView<const float>(tile),
                    std::as_const(above.measures).data(), q.first, std::as_const(below.measures).data(),
                    b.first, words);
    });
    answer.start(best.data(), q.count * kept);
    const MatrixView<const std::uint64_t> found(answer.take(), q.count, kept);
    if (exact) {
      const auto candidates = [&](Index i) {
        return RowCandidates{q.first + i, found.span(i), available > kept};
      };
      take_best(asking, asked, query.self, rounding, q.count, candidates, result, host);
    } else {
      for (Index i = 0; i < q.count; ++i)
        for (Index k = 0; k < kept; ++k) {
          result.ids(q.first + i, k) = id_of(found(i, k));
          if (settings.keep_similarities)
            result.similarities(q.first + i, k) = asked.similarity_of(score_of(found(i, k)));
        }
    }
    check(report(query.hook, {.phase = "neighbors", .done = q.index + 1, .total = block_count(n, high)}),
          Errc::stopped, "exact_neighbors: stopped by the hook after ", q.first + q.count, " of ", n,
          " rows");
  });
  if (exact && settings.keep_similarities) fill_similarities(asking, asked, result, host);
  return result;
}

/// The neighbour search of a GPU. The searched rows stay on the device if there is room; otherwise they are
/// read again for every 4096 queries. It computes products of 4096 × 2048 rows at a time, never n × n.
template <GpuBackend B> class SearchOn<B> {
 public:
  explicit SearchOn(const B& gpu) : gpu_(gpu) {}

  /// The device memory in bytes by use: the searched rows, as far as they fit, and the blocks that are
  /// compared.
  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape) const {
    MemoryPlan plan;
    plan.add("blocks",
             search_bytes(shape.queries.value_or(shape.rows), shape.rows, shape.cols, settings.count));
    const std::size_t rows = bytes_for(shape.rows * shape.cols, sizeof(float));
    if (rows <= gpu_.room_beside(plan.total())) plan.add("rows", rows);
    return plan;
  }

  [[nodiscard]] Neighbors find(const NeighborQuery& query) const {
    return search_neighbors(gpu_.stream(), query, plan(query.settings, query.shape())["rows"],
                            gpu_.settings().precision, gpu_);
  }

 private:
  const B& gpu_;
};

}  // namespace shoal
