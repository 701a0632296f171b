// Exact nearest neighbours on the GPU: products tile by tile, each merged into the running best of its rows.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/core/buffer.hpp>
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
inline Buffer<RowMeasure> measures_of(const SearchRows& rows) {
  Buffer<RowMeasure> all;
  for (Index i = 0; i < rows.rows(); ++i) all.push_back(rows.measure(i));
  return all;
}

/// The rows of one side of the search on the device.
template <class Rt> struct Side {
  Side(GpuStream<Rt>& stream, const SearchRows& from, Index block, std::size_t room, Workers host)
      : measures(on_device<Rt, RowMeasure>(stream, measures_of(from))),
        factors(on_device<Rt, double>(stream, from.centred().factors())),
        centre(on_device<Rt, double>(stream, from.centred().centre())),
        rows(
            stream, from.source(), block, room,
            [this, &stream, bring = BringRows{from.centred().scale()}](Block b, MatrixView<float> x) {
              const double* of_block = factors.size() > 0 ? std::as_const(factors).data() + b.first : nullptr;
              stream.launch(warp_per_item(x.rows), bring, x, of_block, std::as_const(centre).data());
            },
            host) {}

  DeviceArray<Rt, RowMeasure> measures;
  DeviceArray<Rt, double> factors, centre;
  DeviceRows<Rt> rows;
};

/// The best of a block of queries: words of the device, and their copy on the host.
template <class Rt> struct BestOfBlock {
  BestOfBlock(GpuStream<Rt>& on, Index size)
      : stream(on), device(on, size), host(on.runtime(), size), done(on.runtime()) {}
  ~BestOfBlock() { stream.finish(); }

  GpuStream<Rt>& stream;
  Block block{};
  DeviceArray<Rt, std::uint64_t> device;
  PinnedArray<Rt, std::uint64_t> host;
  GpuEvent<Rt> done;
};

}  // namespace cuda_neighbors_impl

/// The device memory of a search for m neighbours among n rows of d features, without the rows themselves, in
/// bytes.
inline std::size_t search_bytes(Index queries, Index n, Index d, Index m) {
  using namespace cuda_neighbors_impl;
  return bytes_for(3 * (query_rows + base_rows) * d + query_rows * (base_rows + 4 * candidates_for(m)), 4) +
         bytes_for(queries + n, sizeof(RowMeasure) + sizeof(double));
  // two blocks of a streamed side, and half of another as a factor
}

/// A search on the stream's device. In float32 the products find candidates, whose order is decided as on a
/// CPU (neighbors/exact_order.hpp); at a lower precision they give the result, similarities included. While
/// the device works on a block of queries, the host's threads decide the one before and read the next.
template <class Rt> class GpuNeighborSearch {
 public:
  /// `room` is the device memory for the searched rows, in bytes. All arguments must outlive it.
  GpuNeighborSearch(GpuStream<Rt>& stream, const NeighborQuery& query, std::size_t room, Precision precision,
                    Workers host)
      : stream_(stream),
        query_(query),
        host_(host),
        prepared_(query, host),
        asking_(prepared_.asking()),
        asked_(prepared_.asked),
        exact_(precision == Precision::float32),
        rounding_(exact_ ? dot_rounding(asked_.cols()) : 0.f),
        available_(asked_.rows() - (query.self ? 1 : 0)),
        kept_(exact_ ? std::min(available_, candidates_for(query.settings.count)) : query.settings.count),
        high_(std::clamp<Index>(asking_.rows(), 1, query_rows)),
        below_(stream, asked_, base_rows, room, host),
        above_(stream, asking_, query_rows, 0, host),
        query_factor_(stream, precision, high_ * asked_.cols()),
        base_factor_(stream, precision, std::min(asked_.rows(), base_rows) * asked_.cols()),
        products_(stream, high_ * base_rows),
        best_{{stream, high_ * kept_}, {stream, high_ * kept_}},
        result_(room_for_neighbors(asking_.rows(), query.settings)) {}

  [[nodiscard]] Neighbors run() {
    above_.rows.each_block([&](Block q, MatrixView<const float> x) {
      begin(q, x, best_[q.index % 2]);
      if (q.index > 0) finish(best_[(q.index - 1) % 2]);
    });
    if (const Index blocks = block_count(asking_.rows(), high_); blocks > 0) finish(best_[(blocks - 1) % 2]);
    if (exact_ && query_.settings.keep_similarities) fill_similarities(asking_, asked_, result_, host_);
    return std::move(result_);
  }

 private:
  using Best = cuda_neighbors_impl::BestOfBlock<Rt>;
  static constexpr Index query_rows = cuda_neighbors_impl::query_rows,
                         base_rows = cuda_neighbors_impl::base_rows;

  /// Enqueues the search for a block of queries.
  void begin(Block q, MatrixView<const float> x, Best& best) {
    best.block = q;
    const MatrixView<std::uint64_t> words = best.device.view(q.count, kept_);
    const Factor left = query_factor_(x);
    stream_.zero(best.device.data(), q.count * kept_);
    below_.rows.each_block([&](Block b, MatrixView<const float> y) {
      const MatrixView<float> tile = products_.view(q.count, b.count);
      stream_.product(left, base_factor_(y).transpose(), tile);
      stream_.launch(warp_per_item(q.count), cuda_neighbors_impl::MergePairs{query_.self, rounding_},
                     MatrixView<const float>(tile), std::as_const(above_.measures).data(), q.first,
                     std::as_const(below_.measures).data(), b.first, words);
    });
    stream_.copy(best.host.data(), std::as_const(best.device).data(), q.count * kept_);
    stream_.record(best.done);
  }

  /// Takes the result of a block of queries.
  void finish(Best& best) {
    best.done.synchronize();
    const Block q = best.block;
    const MatrixView<const std::uint64_t> found(best.host.host(), q.count, kept_);
    if (exact_) {
      const auto candidates = [&](Index i) {
        return RowCandidates{q.first + i, found.span(i), available_ > kept_};
      };
      take_best(asking_, asked_, query_.self, rounding_, q.count, candidates, result_, host_);
    } else {
      take_words(q, found);
    }
    const Index n = asking_.rows();
    check(report(query_.hook, {.phase = "neighbors", .done = q.index + 1, .total = block_count(n, high_)}),
          Errc::stopped, "exact_neighbors: stopped by the hook after ", q.first + q.count, " of ", n,
          " rows");
  }

  void take_words(Block q, MatrixView<const std::uint64_t> found) {
    for (Index i = 0; i < q.count; ++i)
      for (Index k = 0; k < kept_; ++k) {
        result_.ids(q.first + i, k) = id_of(found(i, k));
        if (query_.settings.keep_similarities)
          result_.similarities(q.first + i, k) = asked_.similarity_of(score_of(found(i, k)));
      }
  }

  GpuStream<Rt>& stream_;
  const NeighborQuery& query_;
  Workers host_;
  PreparedQuery prepared_;
  const SearchRows &asking_, &asked_;
  bool exact_;
  float rounding_;
  Index available_, kept_, high_;
  cuda_neighbors_impl::Side<Rt> below_, above_;
  RoundedFactor<Rt> query_factor_, base_factor_;
  DeviceArray<Rt, float> products_;
  Best best_[2];
  Neighbors result_;
};

/// Finds the neighbours of a query on the stream's device; see GpuNeighborSearch.
template <class Rt>
Neighbors search_neighbors(GpuStream<Rt>& stream, const NeighborQuery& query, std::size_t room,
                           Precision precision, Workers host) {
  return GpuNeighborSearch<Rt>(stream, query, room, precision, host).run();
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
