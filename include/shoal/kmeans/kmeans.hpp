// k-means, whole: settings, fit, predict.
#pragma once

#include <limits>
#include <numeric>

#include <shoal/balancing/none.hpp>
#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/afk_mc2.hpp>
#include <shoal/kmeans/bounds/pruned_assigner.hpp>
#include <shoal/kmeans/lloyd.hpp>
#include <shoal/kmeans/plan.hpp>
#include <shoal/kmeans/seeding.hpp>

namespace shoal {

/// The settings of k-means. `fit(KMeans<>{.clusters = 1000}, rows, workers)` clusters by cosine (METHODS:
/// spherical k-means); `KMeans<Euclidean>` by Euclidean distance.
template <Geometry Geo = Cosine, class Balancing = NoBalance> struct KMeans {
  Index clusters = 0;
  Index iterations = 25;
  std::uint64_t seed = 0;
  Seeding seeding = Seeding::plus_plus;
  Index restarts = 1;    ///< runs from different seeds; the best objective is kept
  double tolerance = 0;  ///< stop when an iteration gains less than this share of the objective
  EmptyRule empty = EmptyRule::farthest_row;          ///< what becomes of clusters without rows
  BorrowedView<std::span<const float>> weights = {};  ///< one a row, ≥ 0; empty: all 1
  BorrowedView<MatrixView<const float>> start = {};   ///< [C × d] first centroids, instead of seeding
  Bounds bounds = Bounds::automatic;  ///< memory for speed; the result is the same bit for bit
  Balancing balancing = {};
};

/// What k-means found.
struct KMeansResult {
  Matrix<float> centroids;               ///< [C × d]; of unit length under cosine
  std::vector<Label> labels;             ///< [n] the nearest centroid of each row
  double objective = 0;                  ///< Σ w cost(x, its centroid) over all rows, in double
  std::vector<KMeansIteration> history;  ///< one entry an iteration
  Stopped stopped = Stopped::iterations;
};

/// The nearest centroids of rows.
struct KMeansPrediction {
  Matrix<Label> labels;     ///< [n × top], nearest first
  Matrix<float> distances;  ///< [n × top]: ‖x − c‖², or 1 − cos(x, c)
};

namespace kmeans_impl {

inline void check_start(MatrixView<const float> start, Index clusters, Index cols, const char* who) {
  check(start.rows == clusters && start.cols == cols, Errc::invalid_argument, who, ": start (", start.rows,
        " × ", start.cols, ") must be clusters × features (", clusters, " × ", cols, ")");
  for (Index c = 0; c < clusters; ++c)
    check(std::isfinite(squared_norm(start.row(c), cols)), Errc::bad_data, who, ": start row ", c,
          " must be finite");
}

inline void check_weights(std::span<const float> weights, Index n, Index clusters, const char* who) {
  if (weights.empty()) return;
  check(static_cast<Index>(weights.size()) == n, Errc::invalid_argument, who, ": weights (", weights.size(),
        ") must be one a row (", n, ")");
  Index positive = 0;
  for (const float w : weights) {
    check(w >= 0 && std::isfinite(w), Errc::invalid_argument, who, ": weights (", w,
          ") must be finite and ≥ 0");
    positive += w > 0;
  }
  check(positive >= clusters, Errc::invalid_argument, who, ": clusters (", clusters,
        ") must not exceed the rows of positive weight (", positive, ")");
}

/// The first centroids, of unit length under cosine.
inline Matrix<float> first_centroids(const CheckedRows& rows, Index clusters, Seeding seeding,
                                     std::uint64_t seed, std::span<const float> weights, Workers workers) {
  Matrix<float> centroids(clusters, rows.cols());
  if (seeding == Seeding::plus_plus) {
    PlusPlus(rows, weights, seed, workers).choose(centroids);
    return centroids;
  }
  if (seeding == Seeding::afk_mc2) {
    AfkMc2(rows, weights, seed, workers).choose(centroids);
    return centroids;
  }
  std::vector<Index> eligible;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0) eligible.push_back(static_cast<Index>(i));
  const Index n = weights.empty() ? rows.rows() : static_cast<Index>(eligible.size());
  auto chosen = distinct_rows(n, clusters, Philox(seed, 0x5EED));
  if (!weights.empty())
    for (Index& row : chosen) row = eligible[static_cast<std::size_t>(row)];
  rows.gather_scattered(chosen, centroids);
  return centroids;
}

/// One run from given centroids.
template <class Geo, class Assigner>
KMeansResult run(const CheckedRows& rows, Matrix<float> start, const LloydSettings& how,
                 typename Assigner::Settings assigner, Workers workers, const Hook& hook) {
  Lloyd<Assigner> lloyd(rows, std::move(start), how, workers, assigner);
  lloyd.run(Geo::cost, hook);
  const double objective = Geo::cost(lloyd.squared_cost());
  return {std::move(lloyd.centroids), std::move(lloyd.labels), objective, std::move(lloyd.history),
          lloyd.stopped};
}

}  // namespace kmeans_impl

/// fit() on any machine: `run(rows, start, settings of Lloyd)` iterates from given centroids.
template <Geometry Geo, class Run>
KMeansResult fit_by(const KMeans<Geo, NoBalance>& settings, const AnyRows& source, Workers workers,
                    Run&& run_from) {
  const char* who = "fit(KMeans)";
  const Index n = source.rows(), cols = source.cols(), clusters = settings.clusters;
  check(clusters >= 1 && clusters <= n && clusters < std::numeric_limits<Label>::max() - 64,
        Errc::invalid_argument, who, ": clusters (", clusters, ") must be from 1 to the number of rows (", n,
        ")");
  check(cols >= 1, Errc::invalid_argument, who, ": rows must have at least one feature");
  check(settings.iterations >= 1, Errc::invalid_argument, who, ": iterations (", settings.iterations,
        ") must be at least 1");
  check(settings.restarts >= 1, Errc::invalid_argument, who, ": restarts (", settings.restarts,
        ") must be at least 1");
  check(settings.tolerance >= 0, Errc::invalid_argument, who, ": tolerance (", settings.tolerance,
        ") must be at least 0");
  kmeans_impl::check_weights(settings.weights, n, clusters, who);
  const bool given = settings.start.rows > 0;
  if (given) kmeans_impl::check_start(settings.start, clusters, cols, who);

  const CheckedRows rows(source, Geo::unit, who);
  KMeansResult best;
  for (Index run = 0; run < (given ? 1 : settings.restarts); ++run) {
    Matrix<float> start(clusters, cols);
    if (given)
      for (Index c = 0; c < clusters; ++c) {
        std::copy_n(settings.start.row(c), cols, start.row(c));
        if (Geo::unit)
          check(normalize(start.row(c), cols), Errc::bad_data, who, ": start row ", c,
                " is zero, which has no direction");
      }
    else
      start = kmeans_impl::first_centroids(rows, clusters, settings.seeding,
                                           settings.seed + static_cast<std::uint64_t>(run), settings.weights,
                                           workers);
    const LloydSettings how{Geo::unit, settings.iterations, settings.tolerance, settings.empty,
                            settings.weights};
    KMeansResult result = run_from(rows, std::move(start), how);
    if (run == 0 || result.objective < best.objective) best = std::move(result);
    if (best.stopped == Stopped::hook) break;
  }
  return best;
}

/// Lloyd's k-means on `rows`. Same seed, same bits, for any number of threads and any kind of source.
/// Throws error: clusters < 1 or > n, iterations or restarts < 1, weights or start of the wrong shape, rows
/// that are not finite or, under cosine, zero. O(iterations · n · C · d) at most.
template <Geometry Geo>
KMeansResult fit(const KMeans<Geo, NoBalance>& settings, const AnyRows& source, Workers workers,
                 const Hook& hook = {}) {
  const KMeansPlan memory =
      plan_kmeans(source.rows(), source.cols(), settings.clusters, settings.bounds, workers);
  check(workers.memory() == 0 || memory.bytes <= workers.memory(), Errc::too_large, "fit(KMeans): needs ",
        memory.bytes, " bytes, more than the memory budget of ", workers.memory());
  return fit_by(
      settings, source, workers, [&](const CheckedRows& rows, Matrix<float> start, const LloydSettings& how) {
        return memory.bounds == Bounds::off
                   ? kmeans_impl::run<Geo, FullAssigner>(rows, std::move(start), how, {}, workers, hook)
                   : kmeans_impl::run<Geo, PrunedAssigner>(rows, std::move(start), how,
                                                           assigner_settings(memory.bounds), workers, hook);
      });
}

/// The `top` nearest centroids of each row, and their distances. The bits of a row's result depend on the row
/// and the centroids only, never on how many rows are asked for together. O(n · C · d).
template <Geometry Geo = Cosine>
KMeansPrediction predict(MatrixView<const float> centroids, const AnyRows& source, Workers workers,
                         Index top = 1) {
  const char* who = "predict(KMeans)";
  check(centroids.rows >= 1 && centroids.cols == source.cols(), Errc::invalid_argument, who, ": centroids (",
        centroids.rows, " × ", centroids.cols, ") must be at least one, of as many features as the rows (",
        source.cols(), ")");
  check(top >= 1 && top <= centroids.rows, Errc::invalid_argument, who, ": top (", top,
        ") must be from 1 to the number of centroids (", centroids.rows, ")");
  for (Index c = 0; c < centroids.rows; ++c)
    check(std::isfinite(squared_norm(centroids.row(c), centroids.cols)), Errc::bad_data, who, ": centroid ",
          c, " must be finite");
  const CheckedRows rows(source, Geo::unit, who);
  const Index cols = rows.cols();
  PackedCentroids packed;
  packed.pack(centroids);
  KMeansPrediction result{Matrix<Label>(rows.rows(), top), Matrix<float>(rows.rows(), top)};
  std::vector<NearestScratch> scratch(static_cast<std::size_t>(workers.threads()));
  std::vector<Buffer<float>> buffers(scratch.size());
  rows.each_block(workers, pass_rows(cols), [&](Block b, int worker) {
    Buffer<float>& buffer = buffers[static_cast<std::size_t>(worker)];
    buffer.resize(static_cast<std::size_t>(b.count * cols));
    const MatrixView<float> x(buffer.data(), b.count, cols);
    rows.read(b.first, x);
    const auto labels = result.labels.view().block(b.first, b.count);
    const auto distances = result.distances.view().block(b.first, b.count);
    if (top == 1)
      nearest(x, packed, scratch[static_cast<std::size_t>(worker)], labels.data, distances.data);
    else
      nearest_few(x, packed, scratch[static_cast<std::size_t>(worker)], labels, distances);
    for (Index i = 0; i < b.count; ++i)
      for (Index k = 0; k < top; ++k)
        distances(i, k) =
            static_cast<float>(Geo::cost(squared_distance(x.row(i), centroids.row(labels(i, k)), cols)));
  });
  return result;
}

}  // namespace shoal
