// Lloyd's k-means from settings to result: the starts, the iterations of each, the best, the rounds of a size
// balancing.
#pragma once

#include <chrono>
#include <limits>

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/afk_mc2.hpp>
#include <shoal/kmeans/plan.hpp>

namespace shoal::kmeans_impl {

inline void check_start(MatrixView<const float> start, Index clusters, Index cols, const char* who) {
  check(start.rows == clusters && start.cols == cols, Errc::invalid_argument, who, ": start (", start.rows,
        " × ", start.cols, ") must be clusters × features (", clusters, " × ", cols, ")");
  for (Index c = 0; c < clusters; ++c)
    check(is_finite(squared_norm(start.row(c), cols)), Errc::bad_data, who, ": start row ", c,
          " must be finite");
}

inline void check_weights(std::span<const float> weights, Index n, Index clusters, const char* who) {
  if (weights.empty()) return;
  check(static_cast<Index>(weights.size()) == n, Errc::invalid_argument, who, ": weights (", weights.size(),
        ") must be one a row (", n, ")");
  Index positive = 0;
  for (const float w : weights) {
    check(w >= 0 && is_finite(w), Errc::invalid_argument, who, ": weights (", w, ") must be finite and ≥ 0");
    positive += w > 0;
  }
  check(positive >= clusters, Errc::invalid_argument, who, ": clusters (", clusters,
        ") must not exceed the rows of positive weight (", positive, ")");
}

/// The first centroids, of unit length under cosine.
inline Matrix<float> first_centroids(const CheckedRows& rows, Index clusters, Seeding seeding,
                                     std::uint64_t seed, std::span<const float> weights, Workers workers,
                                     UnitProgress& progress) {
  Matrix<float> centroids(clusters, rows.cols());
  const auto chosen = [&](Index count) {
    progress.begin({.phase = "k-means, first centroids",
                    .done = count,
                    .total = clusters,
                    .objective = std::numeric_limits<double>::quiet_NaN(),
                    .detail = {}});
  };
  if (seeding != Seeding::random) chosen(0);
  if (seeding == Seeding::plus_plus) {
    PlusPlus(rows, weights, seed, workers).choose(centroids, chosen);
    return centroids;
  }
  if (seeding == Seeding::afk_mc2) {
    AfkMc2(rows, weights, seed, workers).choose(centroids, chosen);
    return centroids;
  }
  const Philox random(seed, 0x5EED);
  rows.gather_scattered(weights.empty() ? distinct_rows(rows.rows(), clusters, random)
                                        : distinct_rows(weights, clusters, random),
                        centroids);
  return centroids;
}

inline void check_request(const KMeansRequest& request, const AnyRows& source, const char* who) {
  const Index n = source.rows(), cols = source.cols(), clusters = request.clusters;
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
  check_weights(lloyd.weights, n, clusters, who);
  if (request.start.rows > 0) check_start(request.start, clusters, cols, who);
  if (!request.balancing.active()) return;
  check(lloyd.weights.empty(), Errc::invalid_argument, who,
        ": weights must be empty where sizes are balanced: sizes count rows");
  request.balancing.check(n, clusters);
}

/// The given centroids, of unit length under cosine.
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

/// What a fit runs on: rows in their frame, by a backend.
struct FitContext {
  const KMeansRequest& request;
  const CheckedRows& rows;
  const Frame& frame;
  const KMeansBackend& backend;
  const char* who;
  UnitProgress& progress;

  /// The objective of squared distances in the frame.
  [[nodiscard]] double cost(double squared) const {
    return request.lloyd.geometry.cost(squared / frame.square());
  }
};

/// The start of run number `run`, in the frame.
inline Matrix<float> start_of(const FitContext& fit, Index run) {
  const KMeansRequest& request = fit.request;
  if (request.start.rows == 0)
    return first_centroids(fit.rows, request.clusters, request.seeding,
                           request.seed + static_cast<std::uint64_t>(run), request.lloyd.weights, fit.backend,
                           fit.progress);
  Matrix<float> start = given_centroids(request.start, request.lloyd.geometry.unit, fit.who);
  fit.frame.enter(start);
  return start;
}

/// The best of all starts, in the frame.
inline KMeansResult best_of_starts(const FitContext& fit) {
  const Index runs = fit.request.start.rows > 0 ? 1 : fit.request.restarts;
  KMeansResult best;
  for (Index run = 0; run < runs; ++run) {
    Lloyd lloyd(fit.rows, fit.frame, start_of(fit, run), fit.request.lloyd, fit.backend);
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

/// One round: the labels that the balancing chooses at the centroids, and the centroids of these labels.
inline KMeansIteration balanced_round(const FitContext& fit, std::span<float> prices, ClusterSums& sums,
                                      KMeansResult& result) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& [request, rows, frame, backend, who, progress] = fit;
  const std::unique_ptr<CentroidSearch> search = backend.search(result.centroids);
  std::vector<Label> labels =
      request.balancing.assign(PricedRows(rows, request.clusters, *search, frame.square()), prices);
  KMeansIteration now;
  now.moved = apply_moves(0, result.labels, labels, rows, {}, sums, backend);
  result.labels = std::move(labels);
  now.empty = std::ssize(empty_clusters(sums));
  now.objective = fit.cost(squared_cost(rows, result.labels, {}, result.centroids, backend));
  sums.move_centroids(frame, result.centroids, backend);
  frame.snap(result.centroids);
  now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return now;
}

/// Rounds of balanced assignment and of centroids, from those of `result`, until one gains less than 1e-4 of
/// the objective, or `tolerance` where that is more.
inline void run_balanced(const FitContext& fit, KMeansResult& result) {
  const LloydSettings& lloyd = fit.request.lloyd;
  result.labels.assign(static_cast<std::size_t>(fit.rows.rows()), Label{-1});
  result.stopped = Stopped::iterations;
  std::vector<float> prices(static_cast<std::size_t>(fit.request.clusters), 0.f);
  ClusterSums sums(fit.request.clusters, fit.rows.cols());
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
  result.objective = fit.cost(squared_cost(fit.rows, result.labels, {}, result.centroids, fit.backend));
}

/// The weight of each cluster, and the clusters that no row is in.
inline void count_clusters(std::span<const float> weights, KMeansResult& result) {
  std::vector<Index> rows(static_cast<std::size_t>(result.centroids.rows()), 0);
  result.cluster_weights.assign(rows.size(), 0.0);
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    const auto c = static_cast<std::size_t>(result.labels[i]);
    ++rows[c];
    result.cluster_weights[c] += weights.empty() ? 1.0 : double{weights[i]};
  }
  result.empty = std::count(rows.begin(), rows.end(), Index{0});
}

inline KMeansResult fit(KMeansRequest request, const AnyRows& source, const KMeansBackend& backend,
                        const Hook& hook) {
  const char* who = "fit(KMeans)";
  check_request(request, source, who);
  check_budget(who, plan(request, {source.rows(), source.cols()}, backend), backend.memory());
  const bool balanced = request.balancing.active(), unit = request.lloyd.geometry.unit;
  if (balanced && request.lloyd.empty == EmptyRule::drop) request.lloyd.empty = EmptyRule::keep;
  // No direction lies farther than 2 from any other, so that the frame of a sample has room for them all.
  const Frame frame = unit ? frame_of(CheckedRows(source, true, who).sample(1024), true)
                           : frame_of(who, source, request.lloyd.weights, request.start, backend);
  const FramedRows framed(source, frame, who);
  CheckedRows rows(framed, unit && frame.identity(), who);
  if (!rows.unit()) rows.skip_checks();  // the frame has looked through them
  UnitProgress progress(hook);
  rows.watch(progress);
  const FitContext context{request, rows, frame, backend, who, progress};
  KMeansResult result = best_of_starts(context);
  if (balanced) {
    if (result.stopped == Stopped::hook) fail(Errc::stopped, who, ": stopped before the sizes were balanced");
    rows.skip_checks();
    run_balanced(context, result);
  }
  frame.leave(result.centroids);
  count_clusters(request.lloyd.weights, result);
  return result;
}

}  // namespace shoal::kmeans_impl
