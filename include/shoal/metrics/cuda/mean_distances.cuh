// Distances for the silhouette and the Davies-Bouldin index on a GPU.
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/core/memory_plan.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/metrics/cuda/fold_distances.cuh>
#include <shoal/metrics/cuda/neighbor_distances.cuh>
#include <shoal/metrics/distance_backend.hpp>

namespace shoal {

namespace mean_distances_impl {

inline constexpr Index query_rows = 4096, base_rows = 2048;

template <class Rt, class T>
DeviceArray<Rt, T> on_device(GpuStream<Rt>& stream, const std::vector<T>& values) {
  DeviceArray<Rt, T> array(stream, std::ssize(values));
  to_device(stream, array.data(), values.data(), array.size());
  return array;
}

/// Rows on the device, and the z of which products are made.
template <class T> struct ProductRows {
  MeasuredRows<T> measured;
  MatrixView<const float> z;
};

/// The rows of a reader by their positions in an order, block by block.
template <class Rt> class OrderedRows {
 public:
  /// `room`: the device memory in which the rows may stay, in bytes. All arguments must outlive it.
  OrderedRows(const Gpu<Rt>& gpu, const DistanceReader& reader, std::span<const Index> ids, Index block_rows,
              std::size_t room)
      : stream_(gpu.stream()),
        scale_(reader.scale()),
        ids_(ids),
        source_(reader.source(), ids_),
        centre_(on_device(stream_, std::vector<double>(reader.centre().begin(), reader.centre().end()))),
        factors_(on_device(stream_, factors(reader, ids))),
        rows_(stream_, source_, block_rows, room, {}, gpu.host()),
        z_(stream_, rows_.block_rows() * rows_.cols()),
        squares_(stream_, rows_.block_rows()) {}
  OrderedRows(const OrderedRows&) = delete;
  OrderedRows& operator=(const OrderedRows&) = delete;

  [[nodiscard]] Index rows() const { return source_.rows(); }

  /// Calls f(Block, ProductRows<float>) for each block in order; see DeviceRows.
  template <class F> void each_block(F&& f) {
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      const double* of_block = std::as_const(factors_).data() + b.first;
      const MatrixView<float> z = z_.view(b.count, x.cols);
      stream_.launch(warp_per_item(b.count), MeasureRows{scale_}, x, of_block, std::as_const(centre_).data(),
                     z, squares_.data());
      f(b, ProductRows<float>{{x, of_block, squares_.data()}, z});
    });
  }

 private:
  static std::vector<double> factors(const DistanceReader& reader, std::span<const Index> ids) {
    std::vector<double> all;
    for (const Index id : ids) all.push_back(reader.factor(id));
    return all;
  }

  GpuStream<Rt>& stream_;
  double scale_;
  std::span<const Index> ids_;
  Subset source_;
  DeviceArray<Rt, double> centre_, factors_;
  DeviceRows<Rt> rows_;
  DeviceArray<Rt, float> z_, squares_;
};

/// Clusters as FoldDistances reads them: those of the rows of an order; or, if `single`, those of centroids,
/// each of which is a cluster of its own.
template <class Rt> struct ClusterRanges {
  DeviceArray<Rt, Index> first;
  DeviceArray<Rt, Label> cluster;
  DeviceArray<Rt, double> shares;

  ClusterRanges(GpuStream<Rt>& stream, const ClusterOrder& order, bool single)
      : first(on_device(stream, firsts(order, single))),
        cluster(on_device(stream, clusters(order, single))),
        shares(on_device(stream, all_shares(order, single))) {}

 private:
  static std::vector<Index> firsts(const ClusterOrder& order, bool single) {
    std::vector<Index> all{0};
    for (Index k = 0; k < order.clusters(); ++k) all.push_back(all.back() + (single ? 1 : order.size(k)));
    return all;
  }
  static std::vector<Label> clusters(const ClusterOrder& order, bool single) {
    std::vector<Label> all;
    for (Index i = 0; i < (single ? order.clusters() : order.rows()); ++i)
      all.push_back(single ? static_cast<Label>(i) : order.cluster(i));
    return all;
  }
  static std::vector<double> all_shares(const ClusterOrder& order, bool single) {
    std::vector<double> all;
    for (const Index without : {1, 0})
      for (Index k = 0; k < order.clusters(); ++k)
        all.push_back(single ? 1. : static_cast<double>(order.size(k) - without));
    return all;
  }
};

/// The sums of a block of queries, and the tile of products that they are made of.
template <class Rt> class QueryFold {
 public:
  QueryFold(GpuStream<Rt>& stream, Index queries)
      : stream_(stream),
        state_(stream, 3 * queries),
        mine_(stream, queries),
        products_(stream, queries * base_rows),
        most_(queries) {}

  /// Starts with queries that are in the clusters `mine`.
  void begin(std::span<const Label> mine) {
    count_ = std::ssize(mine);
    to_device(stream_, mine_.data(), mine.data(), count_);
    stream_.zero(state_.data(), 2 * most_);
    stream_.launch(thread_per_item(count_), FillDoubles{std::numeric_limits<double>::infinity()},
                   state_.data() + 2 * most_, count_);
  }
  template <class T>
  void add(FoldDistances<T> fold, const ProductRows<float>& queries, const ProductRows<T>& others,
           const ClusterRanges<Rt>& clusters, Index base) {
    const MatrixView<float> tile = products_.view(count_, others.z.rows);
    const MeasuredRows<float>& x = queries.measured;
    const MeasuredRows<T>& y = others.measured;
    stream_.product(Factor(queries.z), Factor(others.z, true), tile);
    stream_.launch(warp_per_item(count_), fold, MatrixView<const float>(tile), x.rows, x.factors, x.squares,
                   y.rows, y.factors, y.squares, clusters.first.data(), clusters.cluster.data(),
                   clusters.shares.view(2, clusters.shares.size() / 2), base, std::as_const(mine_).data(),
                   state_.view(3, most_));
  }
  /// Copies the means of distances to the host, and waits.
  void take(double* own, double* other) {
    to_host(stream_, own, std::as_const(state_).data() + most_, count_);
    to_host(stream_, other, std::as_const(state_).data() + 2 * most_, count_);
  }

  static std::size_t bytes(Index queries) {
    return bytes_for(queries, 3 * sizeof(double) + sizeof(Label)) + bytes_for(queries * base_rows, 4);
  }

 private:
  GpuStream<Rt>& stream_;
  DeviceArray<Rt, double> state_;  // sums, own, other
  DeviceArray<Rt, Label> mine_;
  DeviceArray<Rt, float> products_;
  Index most_, count_ = 0;
};

}  // namespace mean_distances_impl

/// Products are made in float32 whatever the precision of the gpu. The rows stay on the device if there is
/// room; otherwise they are read again for each 4096 queries.
template <GpuBackend B> struct DistancesOn<B> {
  using Rt = typename B::Runtime;

  static bool means(const MeanDistanceJob& job, const B& gpu, const Hook& hook) {
    using namespace mean_distances_impl;
    std::vector<Index> ids;
    for (const Index q : job.queries) ids.push_back(job.order.row(q));
    const Index most = std::min<Index>(query_rows, std::ssize(ids));
    OrderedRows<Rt> queries(gpu, job.reader, ids, most, 0);
    const ClusterRanges<Rt> clusters(gpu.stream(), job.order, false);
    QueryFold<Rt> fold(gpu.stream(), most);
    OrderedRows<Rt> base(gpu, job.reader, job.order.rows(0, job.order.rows()), base_rows,
                         room(job, most, gpu));
    const FoldDistances<float> kernel{job.reader.distance() == Distance::cosine, false, job.reader.scale()};
    queries.each_block([&](Block q, const ProductRows<float>& x) {
      fold.begin(clusters_of(job.order, job.queries, q));
      base.each_block(
          [&](Block b, const ProductRows<float>& y) { fold.add(kernel, x, y, clusters, b.first); });
      fold.take(job.own.data() + q.first, job.other.data() + q.first);
      check(report(hook, {.phase = "silhouette", .done = q.first + q.count, .total = queries.rows()}),
            Errc::stopped, "silhouette: stopped by the hook after ", q.first + q.count, " of ",
            queries.rows(), " rows");
    });
    return true;
  }

  static bool to_centroids(const CentroidDistanceJob& job, const B& gpu) {
    using namespace mean_distances_impl;
    GpuStream<Rt>& stream = gpu.stream();
    const Index K = job.centroids.rows, d = job.centroids.cols, most = std::min(query_rows, job.order.rows());
    DeviceArray<Rt, double> means(stream, K * d);
    to_device(stream, means.data(), job.centroids.data, means.size());
    DeviceArray<Rt, float> z(stream, K * d), squares(stream, K);
    to_device(stream, z.data(), job.rows.z.data(), z.size());
    to_device(stream, squares.data(), job.rows.squares.data(), K);
    const ClusterRanges<Rt> clusters(stream, job.order, true);
    QueryFold<Rt> fold(stream, most);
    OrderedRows<Rt> queries(gpu, job.reader, job.order.rows(0, job.order.rows()), most, 0);
    const FoldDistances<double> kernel{false, true, job.reader.scale()};
    std::vector<Index> positions(static_cast<std::size_t>(job.order.rows()));
    std::iota(positions.begin(), positions.end(), Index{0});
    std::vector<double> other(static_cast<std::size_t>(most));
    queries.each_block([&](Block q, const ProductRows<float>& x) {
      fold.begin(clusters_of(job.order, positions, q));
      for (Index t = 0; t < block_count(K, base_rows); ++t) {
        const Block b = block_at(K, base_rows, t);
        fold.add(kernel, x,
                 ProductRows<double>{{std::as_const(means).view(K, d).block(b.first, b.count), nullptr,
                                      std::as_const(squares).data() + b.first},
                                     std::as_const(z).view(K, d).block(b.first, b.count)},
                 clusters, b.first);
      }
      fold.take(job.own.data() + q.first, other.data());
      std::transform(other.begin(), other.begin() + q.count, job.other.begin() + q.first,
                     [](double v) { return static_cast<float>(v); });
    });
    return true;
  }

  /// On the device if that has room for all rows.
  static bool to_neighbors(const NeighborDistanceJob& job, const B& gpu) {
    if (neighbor_distance_bytes(job) > gpu.memory()) return false;
    sum_neighbor_distances(job, gpu);
    return true;
  }

 private:
  /// The clusters of a block of positions.
  static std::vector<Label> clusters_of(const ClusterOrder& order, std::span<const Index> positions,
                                        Block b) {
    std::vector<Label> mine;
    for (Index i = b.first; i < b.first + b.count; ++i)
      mine.push_back(order.cluster(positions[static_cast<std::size_t>(i)]));
    return mine;
  }
  /// The device memory in which the base rows may stay.
  static std::size_t room(const MeanDistanceJob& job, Index queries, const B& gpu) {
    using namespace mean_distances_impl;
    const Index d = job.reader.cols(), n = job.order.rows();
    return gpu.room_beside(QueryFold<Rt>::bytes(queries) + bytes_for(3 * (queries + 2 * base_rows) * d, 4) +
                           bytes_for(n + std::ssize(job.queries), 4 * sizeof(double)));
  }
};

}  // namespace shoal
