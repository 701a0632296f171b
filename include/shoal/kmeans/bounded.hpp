// k-means whose clusters all hold between lo and hi rows.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// The nearest centroids of rows when each centroid has a price: CapacityAssignment's question. Costs are
/// half of ‖x − c‖² − ‖x‖², prices in the same unit. O(rows · C · d), on all threads.
class PricedCentroids {
 public:
  PricedCentroids(const CheckedRows& rows, MatrixView<const float> centroids, Workers workers)
      : rows_(&rows), workers_(workers) {
    packed_.pack(centroids);
    half_ = packed_.half;
  }

  void operator()(std::span<const Index> ids, std::span<const float> prices, MatrixView<Label> labels,
                  MatrixView<float> sums) {
    for (std::size_t c = 0; c < prices.size(); ++c) packed_.half[c] = half_[c] + prices[c];
    const Index cols = rows_->cols();
    std::vector<NearestScratch> scratch(static_cast<std::size_t>(workers_.threads()));
    std::vector<Buffer<float>> buffers(scratch.size());
    workers_.each_block(static_cast<Index>(ids.size()), pass_rows(cols), [&](Block b, int worker) {
      Buffer<float>& buffer = buffers[static_cast<std::size_t>(worker)];
      buffer.resize(static_cast<std::size_t>(b.count * cols));
      const MatrixView<float> x(buffer.data(), b.count, cols);
      rows_->gather_scattered(
          ids.subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)), x);
      nearest_few(x, packed_, scratch[static_cast<std::size_t>(worker)], labels.block(b.first, b.count),
                  sums.block(b.first, b.count));
    });
  }

 private:
  const CheckedRows* rows_;
  Workers workers_;
  PackedCentroids packed_;
  Buffer<float> half_;
};

/// Bytes of a bounded round beyond what plan_kmeans tells: some 600 a row where C ≥ 16. More where bounds
/// force rows far from their nearest 16 clusters.
inline std::size_t plan_bounded(Index n, Index clusters) {
  const auto listed = static_cast<std::size_t>(std::min(clusters, capacity_listed));
  return static_cast<std::size_t>(n) * (listed * (3 * 4 + 24) + 64);
}

namespace kmeans_impl {

/// Rounds of the best assignment under bounds and of centroids, from `result.centroids`.
template <class Geo>
void run_bounded(const CheckedRows& rows, const KMeans<Geo, Capacity>& settings, KMeansResult& result,
                 Workers workers, const Hook& hook) {
  const Index n = rows.rows();
  result.labels.assign(static_cast<std::size_t>(n), Label{-1});
  result.stopped = Stopped::iterations;
  std::vector<float> prices(static_cast<std::size_t>(settings.clusters), 0.f);
  ClusterSums sums(settings.clusters, rows.cols());
  for (Index round = 0; round < settings.iterations && result.stopped == Stopped::iterations; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Label> labels =
        CapacityAssignment(n, settings.balancing, prices, PricedCentroids(rows, result.centroids, workers))
            .run();
    std::vector<Move> moves;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] != result.labels[i])
        moves.push_back({static_cast<Index>(i), result.labels[i], labels[i]});
    result.labels = std::move(labels);
    sums.apply(moves, rows, {}, workers);
    KMeansIteration now{.moved = static_cast<Index>(moves.size()),
                        .empty = static_cast<Index>(empty_clusters(sums).size())};
    const double before = result.objective;
    now.objective = Geo::cost(squared_cost(rows, result.labels, {}, result.centroids, workers));
    workers.each_row(settings.clusters,
                     [&](Index c) { sums.centroid(c, Geo::unit, result.centroids.row(c)); });
    now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result.history.push_back(now);
    result.objective = now.objective;
    if (!report(hook, {.phase = "k-means, bounded",
                       .done = round + 1,
                       .total = settings.iterations,
                       .objective = now.objective,
                       .detail = {}}))
      result.stopped = Stopped::hook;
    else if (moves.empty())
      result.stopped = Stopped::no_change;
    else if (round > 0 && before - now.objective <= std::max(settings.tolerance, 1e-4) * now.objective)
      result.stopped = Stopped::tolerance;
  }
  result.objective = Geo::cost(squared_cost(rows, result.labels, {}, result.centroids, workers));
}

}  // namespace kmeans_impl

/// k-means with lo ≤ rows of a cluster ≤ hi, exactly: k-means without bounds, then up to `iterations` rounds
/// of the assignment that costs least under the bounds (kmeans/balancing/capacity.hpp) and of centroids, each
/// no dearer than the last, until one gains less than 1e-4 of the objective (or `tolerance`, where that is
/// more). The labels are those of the last round, the centroids their means. `history` goes on through both.
/// A round costs one full product and 24 · 16 bytes a row. Row weights are not taken. Throws as fit(KMeans)
/// does, and where C lo ≤ n ≤ C hi does not hold.
template <Geometry Geo>
KMeansResult fit(const KMeans<Geo, Capacity>& settings, const AnyRows& source, Workers workers,
                 const Hook& hook = {}) {
  const char* who = "fit(KMeans with Capacity)";
  const Capacity bounds = settings.balancing;
  const Index n = source.rows(), clusters = settings.clusters;
  check(bounds.lo >= 0 && bounds.lo <= bounds.hi, Errc::invalid_argument, who, ": lo (", bounds.lo,
        ") must be from 0 to hi (", bounds.hi, ")");
  check(clusters < 1 || (bounds.lo <= n / clusters && bounds.hi >= (n + clusters - 1) / clusters),
        Errc::invalid_argument, who, ": clusters (", clusters, ") of ", bounds.lo, " to ", bounds.hi,
        " rows cannot hold ", n, " rows");
  check(settings.weights.empty(), Errc::invalid_argument, who, ": weights must be empty: bounds count rows");
  const std::size_t room = plan_bounded(n, clusters);
  check(workers.memory() == 0 || room <= workers.memory(), Errc::too_large, who, ": needs ", room,
        " bytes, more than the memory budget of ", workers.memory());
  KMeansResult result =
      fit(KMeans<Geo>{.clusters = clusters,
                      .iterations = settings.iterations,
                      .seed = settings.seed,
                      .seeding = settings.seeding,
                      .restarts = settings.restarts,
                      .tolerance = settings.tolerance,
                      .empty = settings.empty == EmptyRule::drop ? EmptyRule::keep : settings.empty,
                      .weights = {},
                      .start = settings.start,
                      .bounds = settings.bounds,
                      .balancing = {}},
          source, workers, hook);
  if (result.stopped == Stopped::hook) fail(Errc::stopped, who, ": stopped before the bounds were met");
  CheckedRows rows(source, Geo::unit, who);
  rows.trust();
  kmeans_impl::run_bounded(rows, settings, result, workers, hook);
  return result;
}

}  // namespace shoal
