// The search through inverted lists on a GPU: list by list, the products of its rows with the rows that look
// into it.
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <shoal/backend/gpu_gather.cuh>
#include <shoal/core/lists.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/neighbors/cuda/search.cuh>
#include <shoal/neighbors/list_search_on.hpp>

namespace shoal {

/// The words of a row's pairs with the rows of slots from `base` on, without slot `own`. Ids decide ties.
struct ListPairWords {
  const float* products;
  RowMeasure row;
  const RowMeasure* others;
  const std::int32_t* ids;
  float rounding;
  Index base, own;

  SHOAL_HD std::uint64_t operator()(Index j) const {
    return base + j != own ? scored(pair_key(products[j], row, others[j], rounding), ids[j]) : 0;
  }
};

/// Offers the pairs of the rows in slots `asking` with those in slots [base, …), given their products [Q ×
/// W], to best [n × c], which has a row for each slot. One warp for each asking row.
struct MergeListPairs {
  float rounding;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const RowMeasure* measures,
                           const std::int32_t* ids, const std::int32_t* asking, Index base,
                           MatrixView<std::uint64_t> best) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const Index slot = asking[i];
    merge_words(
        exec, products.cols,
        ListPairWords{products.row(i), measures[slot], measures + base, ids + base, rounding, base, slot},
        best.row(slot), best.cols);
  }
};

/// Who looks into each list, and with how many rows each row is compared.
class ListGuests {
 public:
  ListGuests(MatrixView<const std::int32_t> probes, const ListOrder& order, Index lists)
      : compared_(order.row_of.size()) {
    std::vector<std::int32_t> visits;  // slot by slot
    for (std::size_t slot = 0; slot < compared_.size(); ++slot)
      for (const std::int32_t list : probes.span(order.row_of[slot])) {
        visits.push_back(list);
        compared_[slot] += size_of(order, static_cast<std::size_t>(list));
      }
    slots_ = group_by<std::int32_t>(std::span<const std::int32_t>(visits), lists,
                                    static_cast<std::size_t>(probes.cols));
  }

  /// The slots of the rows that look into each list.
  [[nodiscard]] const Lists<std::int32_t>& slots() const { return slots_; }
  /// The number of rows that the row in a slot is compared with, itself included.
  [[nodiscard]] Index compared(Index slot) const { return compared_[static_cast<std::size_t>(slot)]; }

 private:
  static Index size_of(const ListOrder& order, std::size_t list) {
    const Index first = order.first_block[list], end = order.first_block[list + 1];
    if (first == end) return 0;
    const Block& last = order.blocks[static_cast<std::size_t>(end - 1)];
    return last.first + last.count - order.blocks[static_cast<std::size_t>(first)].first;
  }

  Lists<std::int32_t> slots_;
  std::vector<Index> compared_;
};

/// The search, with all rows on the device in the order of their lists. In float32 its products find
/// candidates, whose order is decided as on a CPU; at a lower precision they give the result.
template <class Rt> class GpuListSearch {
 public:
  /// All arguments must outlive it.
  GpuListSearch(const ListQuestion& question, const Gpu<Rt>& gpu)
      : question_(question),
        stream_(gpu.stream()),
        order_(question.probes, question.lists),
        guests_(question.probes, order_, question.lists),
        exact_(gpu.settings().precision == Precision::float32),
        rounding_(exact_ ? dot_rounding(cols()) : 0.f),
        kept_(kept(question.settings.count, rows(), gpu.settings().precision)),
        measures_(by_slot<RowMeasure>([&](Index row) { return question.rows.measure(row); })),
        factors_(factors()),
        centre_(on_device(question.rows.centred().centre())),
        ids_(by_slot<std::int32_t>([](Index row) { return static_cast<std::int32_t>(row); })),
        asking_(on_device(std::span<const std::int32_t>(guests_.slots().values))),
        ordered_(question.rows.source(), order_.row_of),
        rows_(
            stream_, ordered_, load_rows, ~std::size_t{0},
            [this, bring = cuda_neighbors_impl::BringRows{question.rows.centred().scale()}](
                Block b, MatrixView<float> x) {
              const double* of_block =
                  factors_.size() > 0 ? std::as_const(factors_).data() + b.first : nullptr;
              stream_.launch(warp_per_item(x.rows), bring, x, of_block, std::as_const(centre_).data());
            },
            gpu.host()),
        gathered_(stream_, query_rows * cols()),
        query_factor_(stream_, gpu.settings().precision, query_rows * cols()),
        base_factor_(stream_, gpu.settings().precision, base_rows * cols()),
        products_(stream_, query_rows * base_rows),
        best_(stream_, rows() * kept_) {}
  GpuListSearch(const GpuListSearch&) = delete;
  GpuListSearch& operator=(const GpuListSearch&) = delete;
  ~GpuListSearch() { stream_.finish(); }

  /// Fills the ids of the result. Returns the rows whose lists held too few rows.
  std::vector<Index> run(Neighbors& result) {
    stream_.zero(best_.data(), best_.size());
    for (Index list = 0; list < question_.lists; ++list) {
      meet(list);
      if (list % 64 == 63) {  // the host is not far ahead of what it reports
        stream_.synchronize();
        question_.workers.begin({.phase = "neighbors", .done = list + 1, .total = question_.lists}, 0);
      }
    }
    std::vector<Index> short_of;
    Matrix<std::uint64_t> words(std::min(rows(), take_rows), kept_);
    for (Index b = 0; b < block_count(rows(), take_rows); ++b) {
      const Block slots = block_at(rows(), take_rows, b);
      to_host(stream_, words.data(), std::as_const(best_).data() + slots.first * kept_, slots.count * kept_);
      const std::vector<Index> some = take(slots, words.view().block(0, slots.count), result);
      short_of.insert(short_of.end(), some.begin(), some.end());
    }
    return short_of;
  }

  /// The device memory in bytes by use.
  static MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape, Index probes,
                         Precision precision) {
    const Index n = shape.rows, d = shape.cols;
    return MemoryPlan()
        .add("rows", bytes_for(n * d, 4))
        .add("candidates", bytes_for(n * kept(settings.count, n, precision), 8))
        .add("measures", bytes_for(n, sizeof(RowMeasure) + sizeof(double) + 4) + bytes_for(d, 8))
        .add("visits", bytes_for(probes * n, 4))
        .add("blocks", bytes_for(2 * load_rows * d + query_rows * (base_rows + d), 4) +
                           product_bytes(precision, query_rows * d));
  }

 private:
  static constexpr Index query_rows = cuda_neighbors_impl::query_rows,
                         base_rows = cuda_neighbors_impl::base_rows, load_rows = 16384, take_rows = 16384;

  [[nodiscard]] Index rows() const { return question_.rows.rows(); }
  [[nodiscard]] Index cols() const { return question_.rows.cols(); }
  static Index kept(Index count, Index n, Precision precision) {
    return precision == Precision::float32 ? std::min(n - 1, candidates_for(count)) : count;
  }
  [[nodiscard]] Index row_in(Index slot) const { return order_.row_of[static_cast<std::size_t>(slot)]; }

  template <class T> DeviceArray<Rt, T> on_device(std::span<const T> values) {
    return cuda_neighbors_impl::on_device<Rt, T>(stream_, values);
  }
  /// of(row) of the row in each slot, on the device.
  template <class T, class Of> DeviceArray<Rt, T> by_slot(Of&& of) {
    std::vector<T> values;
    for (const Index row : order_.row_of) values.push_back(of(row));
    return on_device(std::span<const T>(values));
  }
  DeviceArray<Rt, double> factors() {
    const std::span<const double> all = question_.rows.centred().factors();
    if (all.empty()) return on_device(all);
    return by_slot<double>([&](Index row) { return all[static_cast<std::size_t>(row)]; });
  }

  /// Compares the rows of a list with those that look into it.
  void meet(Index list) {
    const auto l = static_cast<std::size_t>(list);
    const Index first_block = order_.first_block[l], end_block = order_.first_block[l + 1];
    if (first_block == end_block) return;
    const Block &first = order_.blocks[static_cast<std::size_t>(first_block)],
                &last = order_.blocks[static_cast<std::size_t>(end_block - 1)];
    const Index begin = first.first, count = last.first + last.count - begin;
    const Index guests = std::ssize(guests_.slots()[list]);
    const std::int32_t* asking = std::as_const(asking_).data() + guests_.slots().offsets[l];
    for (Index t = 0; t < block_count(count, base_rows); ++t) {
      const Block base = block_at(count, base_rows, t);
      const MatrixView<const float> y = rows_.all().block(begin + base.first, base.count);
      const Factor right = base_factor_(y).transpose();
      for (Index q = 0; q < block_count(guests, query_rows); ++q)
        meet(block_at(guests, query_rows, q), asking, begin + base.first, base.count, right);
    }
  }
  void meet(Block q, const std::int32_t* asking, Index base, Index count, const Factor& right) {
    const MatrixView<float> x = gathered_.view(q.count, cols()), tile = products_.view(q.count, count);
    stream_.launch(block_per_item(q.count), GatherRows{}, rows_.all(), asking + q.first, x);
    stream_.product(query_factor_(x), right, tile);
    stream_.launch(warp_per_item(q.count), MergeListPairs{rounding_}, MatrixView<const float>(tile),
                   std::as_const(measures_).data(), std::as_const(ids_).data(), asking + q.first, base,
                   best_.view(rows(), kept_));
  }

  /// Takes the neighbours of the rows in some slots. Returns those that have too few.
  std::vector<Index> take(Block slots, MatrixView<const std::uint64_t> words, Neighbors& result) {
    const auto found = [&](Index i) {
      const auto all = words.span(i);
      return all.first(
          static_cast<std::size_t>(std::find(all.begin(), all.end(), std::uint64_t{0}) - all.begin()));
    };
    if (exact_) {
      const auto candidates = [&](Index i) {
        const Index slot = slots.first + i;
        return RowCandidates{row_in(slot), found(i), guests_.compared(slot) - 1 > kept_};
      };
      return take_best(question_.rows, question_.rows, true, rounding_, slots.count, candidates, result,
                       question_.workers);
    }
    std::vector<Index> short_of;
    for (Index i = 0; i < slots.count; ++i) {
      const Index row = row_in(slots.first + i);
      const auto own = found(i);
      for (std::size_t k = 0; k < own.size(); ++k) result.ids(row, static_cast<Index>(k)) = id_of(own[k]);
      if (std::ssize(own) < kept_) short_of.push_back(row);
    }
    return short_of;
  }

  const ListQuestion& question_;
  GpuStream<Rt>& stream_;
  ListOrder order_;
  ListGuests guests_;
  bool exact_;
  float rounding_;
  Index kept_;
  DeviceArray<Rt, RowMeasure> measures_;
  DeviceArray<Rt, double> factors_, centre_;
  DeviceArray<Rt, std::int32_t> ids_, asking_;
  Subset ordered_;
  DeviceRows<Rt> rows_;
  DeviceArray<Rt, float> gathered_;
  RoundedFactor<Rt> query_factor_, base_factor_;
  DeviceArray<Rt, float> products_;
  DeviceArray<Rt, std::uint64_t> best_;
};

/// Where the device has no room for the rows and their candidates, the host searches.
template <GpuBackend B> struct ListSearchOn<B> {
  using Search = GpuListSearch<typename B::Runtime>;

  static std::optional<MemoryPlan> plan(const NeighborSettings& settings, const NeighborShape& shape,
                                        Index probes, const B& gpu) {
    MemoryPlan plan = Search::plan(settings, shape, probes, gpu.settings().precision);
    if (!plan.fits(gpu.memory())) return {};
    return plan;
  }
  static std::vector<Index> find(const ListQuestion& q, const B& gpu, Neighbors& result) {
    if (plan(q.settings, {q.rows.rows(), q.rows.cols(), {}}, q.probes.cols, gpu))
      return Search(q, gpu).run(result);
    return ListSearch<FastestPanels>(q.rows, q.probes, q.lists, q.rows_at_once, q.settings, q.workers)
        .run(result);
  }
};

}  // namespace shoal
