// Lloyd's k-means from settings to result: the starts and their iterations, the best of them, and the rounds
// of a size balancing.
#pragma once

#include <chrono>
#include <limits>

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/afk_mc2.hpp>
#include <shoal/kmeans/find_frame.hpp>
#include <shoal/kmeans/plan.hpp>

namespace shoal::kmeans_impl {

inline void check_start(MatrixView<const float> start, Index clusters, Index cols, const char* who) {
  check(start.rows == clusters && start.cols == cols, Errc::invalid_argument, who, ": start (", start.rows,
        " × ", start.cols, ") must be clusters × features (", clusters, " × ", cols, ")");
  for (Index c = 0; c < clusters; ++c)
    check(is_finite(squared_norm(start.row(c), cols)), Errc::bad_data, who, ": start row ", c,
          " must be finite");
}

/// Weights count as given if any rank has some, since a rank without rows has none.
inline WeightSummary check_weights(std::span<const float> weights, const Shard& shard, Index clusters,
                                   const char* who) {
  const bool weighted = shard.sum(std::ssize(weights)) > 0;
  if (!weighted) return summarize_weights(shard, weights, weighted);
  check(std::ssize(weights) == shard.rows(), Errc::invalid_argument, who, ": weights (", weights.size(),
        ") must be one a row (", shard.rows(), ")");
  for (const float w : weights)
    check(w >= 0 && is_finite(w), Errc::invalid_argument, who, ": weights (", w, ") must be finite and ≥ 0");
  const WeightSummary summary = summarize_weights(shard, weights, weighted);
  check(summary.positive >= clusters, Errc::invalid_argument, who, ": clusters (", clusters,
        ") must not exceed the rows of positive weight (", summary.positive, ")");
  return summary;
}

inline WeightSummary check_request(const KMeansRequest& request, const Shard& shard, Index cols,
                                   const char* who) {
  const Index n = shard.total(), clusters = request.clusters;
  const LloydSettings& lloyd = request.lloyd;
  check(clusters >= 1 && clusters <= n && clusters < std::numeric_limits<Label>::max() - 64,
        Errc::invalid_argument, who, ": clusters (", clusters, ") must be from 1 to the number of rows (", n,
        ")");
  check(cols >= 1, Errc::invalid_argument, who, ": rows must have at least one feature");
  check(lloyd.iterations >= 1, Errc::invalid_argument, who, ": iterations (", lloyd.iterations,
        ") must be at least 1");
  check(request.restarts >= 1, Errc::invalid_argument, who, ": restarts (", request.restarts,
        ") must be at least 1");
  check(lloyd.tolerance >= 0, Errc::invalid_argument, who, ": tolerance (", lloyd.tolerance,
        ") must be at least 0");
  const WeightSummary weights = check_weights(lloyd.weights, shard, clusters, who);
  if (request.start.rows > 0) check_start(request.start, clusters, cols, who);
  if (request.balancing.active()) {
    check(lloyd.weights.empty(), Errc::invalid_argument, who,
          ": weights must be empty where sizes are balanced: sizes count rows");
    request.balancing.check(n, clusters);
  }
  return weights;
}

/// The given centroids, normalised under cosine.
inline Matrix<float> given_centroids(MatrixView<const float> start, bool unit, const char* who) {
  Matrix<float> centroids(start.rows, start.cols);
  for (Index c = 0; c < start.rows; ++c) {
    std::copy_n(start.row(c), start.cols, centroids.row(c));
    if (unit)
      check(normalize(centroids.row(c), start.cols), Errc::bad_data, who, ": start row ", c,
            " is zero, which has no direction");
  }
  return centroids;
}

/// The inputs of a fit: rows in their frame, and a backend.
struct FitContext {
  const KMeansRequest& request;
  const CheckedRows& rows;
  const Shard& shard;
  const Frame& frame;
  const SumGrids& grids;
  const KMeansBackend& backend;
  const char* who;
  bool weighted;  ///< whether some rank has weights
  UnitProgress& progress;

  /// The objective that corresponds to squared distances in the frame.
  [[nodiscard]] double cost(double squared) const {
    return request.lloyd.geometry.cost(squared / frame.square());
  }
};

/// The first centroids drawn from `seed`, normalised under cosine.
inline Matrix<float> first_centroids(const FitContext& fit, std::uint64_t seed) {
  const std::span<const float> weights = fit.request.lloyd.weights;
  const Index clusters = fit.request.clusters;
  Matrix<float> centroids(clusters, fit.rows.cols());
  const auto chosen = [&](Index count) {
    fit.progress.begin({.phase = "k-means, first centroids",
                        .done = count,
                        .total = clusters,
                        .objective = std::numeric_limits<double>::quiet_NaN(),
                        .detail = {}});
  };
  if (fit.request.seeding != Seeding::random) chosen(0);
  if (fit.request.seeding == Seeding::plus_plus) {
    PlusPlus(fit.rows, fit.shard, weights, seed, fit.backend, fit.backend.seed_squares(fit.rows, clusters))
        .choose(centroids, chosen);
  } else if (fit.request.seeding == Seeding::afk_mc2) {
    AfkMc2(fit.rows, fit.shard, weights, seed, fit.backend, fit.backend.seed_squares(fit.rows, clusters))
        .choose(centroids, chosen);
  } else {
    const Philox random(seed, 0x5EED);
    fit.shard.gather(fit.rows,
                     fit.weighted ? distinct_rows(fit.shard, weights, clusters, random)
                                  : distinct_rows(fit.shard.total(), clusters, random),
                     centroids);
  }
  return centroids;
}

/// The first centroids of run number `run`, in the frame.
inline Matrix<float> start_of(const FitContext& fit, Index run) {
  const KMeansRequest& request = fit.request;
  if (request.start.rows == 0) return first_centroids(fit, request.seed + static_cast<std::uint64_t>(run));
  Matrix<float> start = given_centroids(request.start, request.lloyd.geometry.unit, fit.who);
  fit.frame.enter(start);
  return start;
}

/// The best result of all starts, in the frame.
inline KMeansResult best_of_starts(const FitContext& fit) {
  const Index runs = fit.request.start.rows > 0 ? 1 : fit.request.restarts;
  KMeansResult best;
  for (Index run = 0; run < runs; ++run) {
    Lloyd lloyd(fit.rows, fit.shard, fit.frame, fit.grids, start_of(fit, run), fit.request.lloyd,
                fit.backend);
    lloyd.run(fit.progress);
    const double objective = lloyd.objective();
    if (run == 0 || objective < best.objective) {
      best.centroids = std::move(lloyd.centroids);
      best.labels = std::move(lloyd.labels);
      best.objective = objective;
      best.history = std::move(lloyd.history);
      best.stopped = lloyd.stopped;
    }
    if (best.stopped == Stopped::hook) break;
  }
  return best;
}

/// One round of size balancing: the labels that the rule assigns, given the centroids, and the centroids of
/// these labels.
inline KMeansIteration balanced_round(const FitContext& fit, std::span<float> prices, ClusterSums& sums,
                                      KMeansResult& result) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& [request, rows, shard, frame, grids, backend, who, weighted, progress] = fit;
  const std::unique_ptr<CentroidSearch> search = backend.search(result.centroids);
  const std::vector<Label> all =
      request.balancing.assign(PricedRows(rows, shard, request.clusters, *search, frame.square()), prices);
  std::vector<Label> labels(all.begin() + shard.first(), all.begin() + shard.first() + shard.rows());
  KMeansIteration now;
  now.moved = shard.sum(apply_moves(0, result.labels, labels, rows, {}, sums, backend));
  sums.share(shard.ranks());
  result.labels = std::move(labels);
  now.empty = std::ssize(empty_clusters(sums));
  now.objective = fit.cost(squared_cost(rows, shard, result.labels, {}, result.centroids, backend));
  sums.move_centroids(frame, result.centroids, backend);
  frame.snap(result.centroids);
  now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return now;
}

/// Repeats rounds of balanced assignment and centroids, starting at `result`, until a round gains less than
/// 1e-4 of the objective, or `tolerance` if that is more.
inline void run_balanced(const FitContext& fit, KMeansResult& result) {
  const LloydSettings& lloyd = fit.request.lloyd;
  result.labels.assign(static_cast<std::size_t>(fit.rows.rows()), Label{-1});
  result.stopped = Stopped::iterations;
  std::vector<float> prices(static_cast<std::size_t>(fit.request.clusters), 0.f);
  ClusterSums sums(fit.request.clusters, fit.grids);
  for (Index round = 0; round < lloyd.iterations && result.stopped == Stopped::iterations; ++round) {
    const KMeansIteration now = balanced_round(fit, prices, sums, result);
    const double before = result.objective;
    result.history.push_back(now);
    result.objective = now.objective;
    if (!fit.progress.begin({.phase = "k-means, balanced",
                             .done = round + 1,
                             .total = lloyd.iterations,
                             .objective = now.objective,
                             .detail = {}}))
      result.stopped = Stopped::hook;
    else if (now.moved == 0)
      result.stopped = Stopped::no_change;
    else if (round > 0 && before - now.objective <= std::max(lloyd.tolerance, 1e-4) * now.objective)
      result.stopped = Stopped::tolerance;
  }
  result.objective =
      fit.cost(squared_cost(fit.rows, fit.shard, result.labels, {}, result.centroids, fit.backend));
}

/// Computes the weight of each cluster and the number of empty clusters.
inline void count_clusters(const FitContext& fit, KMeansResult& result) {
  const std::span<const float> weights = fit.request.lloyd.weights;
  const auto clusters = static_cast<std::size_t>(result.centroids.rows());
  std::vector<std::int64_t> sums(2 * clusters, 0);  // numbers of rows, then weights
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    const auto c = static_cast<std::size_t>(result.labels[i]);
    ++sums[c];
    sums[clusters + c] += fit.grids.weights.units(weights.empty() ? 1.0 : double{weights[i]});
  }
  fit.shard.ranks().sum(sums);
  for (std::size_t c = 0; c < clusters; ++c)
    result.cluster_weights.push_back(fit.grids.weights.value(sums[clusters + c]));
  result.empty = std::count(sums.begin(), sums.begin() + std::ssize(result.cluster_weights), std::int64_t{0});
}

/// The fit over the rows of all ranks, each of which has its own. A template for shoal::compiled
/// (docs/design.md, "Compile time").
template <class = void>
KMeansResult fit_over_ranks(KMeansRequest request, const AnyRows& source, const KMeansBackend& backend,
                            const Hook& hook) {
  const char* who = "fit(KMeans)";
  const Shard shard(backend.ranks(), source.rows(), source.cols());
  const WeightSummary weights = check_request(request, shard, source.cols(), who);
  check_budget(who, plan(request, {source.rows(), source.cols()}, backend), backend.memory());
  const bool balanced = request.balancing.active(), unit = request.lloyd.geometry.unit;
  if (balanced && request.lloyd.empty == EmptyRule::drop) request.lloyd.empty = EmptyRule::keep;
  const BoundedFrame found =
      unit ? frame_of_directions(shard.sample(CheckedRows(source, true, who), 1024))
           : frame_of(who, source, request.lloyd.weights, request.start, weights, shard, backend);
  const Frame& frame = found.frame;
  const SumGrids grids(found.bounds, weights, shard.total());
  const FramedRows framed(source, frame, who);
  CheckedRows rows(framed, unit && frame.identity(), who);
  if (!rows.unit()) rows.skip_checks();  // checked with the frame
  UnitProgress progress(hook, any_stops(shard.ranks()));
  rows.watch(progress);
  const FitContext context{request, rows, shard, frame, grids, backend, who, weights.weighted, progress};
  KMeansResult result = best_of_starts(context);
  if (balanced) {
    if (result.stopped == Stopped::hook) fail(Errc::stopped, who, ": stopped before the sizes were balanced");
    rows.skip_checks();
    run_balanced(context, result);
  }
  frame.leave(result.centroids);
  count_clusters(context, result);
  return result;
}

inline KMeansResult fit(const KMeansRequest& request, const AnyRows& source, const KMeansBackend& backend,
                        const Hook& hook) {
  return together(backend.ranks(), [&] { return fit_over_ranks(request, source, backend, hook); });
}

}  // namespace shoal::kmeans_impl
