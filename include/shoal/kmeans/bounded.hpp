// k-means whose clusters all hold between lo and hi rows.
#pragma once

#include <shoal/balancing/capacity.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

namespace kmeans_impl {

/// Rows under size bounds, for given centroids.
template <class Geo>
std::vector<Label> assign_bounded(const FeatureRows& rows, const RowsRef& source,
                                  MatrixView<const float> centroids, Capacity bounds, const Cpu& cpu) {
  const Index few = std::min<Index>(centroids.rows, 16), d = rows.cols();
  const KMeansPrediction near = predict<Geo>(centroids, source, cpu, few);
  double mean = 0;
  for (Index i = 0; i < rows.rows(); ++i) mean += near.distances(i, 0) / static_cast<double>(rows.rows());
  std::vector<double> squares;
  for (Index c = 0; c < centroids.rows; ++c) squares.push_back(squared_norm(centroids.row(c), d));
  Matrix<float> row(1, d), costs(1, centroids.rows);
  const auto cost = [&](Index i) {
    rows.gather({&i, 1}, row);
    const double square = squared_norm(row.row(0), d);
    for (Index c = 0; c < centroids.rows; ++c) {
      const double near_square =
          square + squares[static_cast<std::size_t>(c)] - 2.0 * dot(row.row(0), centroids.row(c), d);
      costs(0, c) = static_cast<float>(Geo::cost(std::max(0.0, near_square)));
    }
    return static_cast<const float*>(costs.row(0));
  };
  const auto epsilon = static_cast<float>(1e-3 * mean + 1e-20);
  return CapacityAssignment(near.labels.view(), near.distances.view(), centroids.rows, bounds, epsilon, cost)
      .run();
}

}  // namespace kmeans_impl

/// k-means with lo ≤ rows of a cluster ≤ hi, exactly: k-means without bounds, then up to `iterations` rounds
/// of bounded assignment and centroids, of which the best is kept. Row weights are not taken. Throws as
/// fit(KMeans) does, and where C lo ≤ n ≤ C hi does not hold.
template <Geometry Geo>
KMeansResult fit(const KMeans<Geo, Capacity>& settings, const RowsRef& source, const Cpu& cpu,
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
  KMeansResult free =
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
          source, cpu, hook);
  const FeatureRows rows(source, Geo::unit, who);
  Matrix<float> centroids = free.centroids;
  KMeansResult best;
  best.history = std::move(free.history);
  best.objective = std::numeric_limits<double>::infinity();
  best.stopped = Stopped::iterations;
  for (Index round = 0; round < settings.iterations; ++round) {
    std::vector<Label> labels = kmeans_impl::assign_bounded<Geo>(rows, source, centroids, bounds, cpu);
    ClusterSums sums(clusters, rows.cols());
    std::vector<Move> moves;
    for (Index i = 0; i < n; ++i) moves.push_back({i, -1, labels[static_cast<std::size_t>(i)]});
    sums.apply(moves, rows, {}, cpu);
    cpu.each_row(clusters, [&](Index c) { sums.centroid(c, Geo::unit, centroids.row(c)); });
    const double objective = Geo::cost(squared_cost(rows, labels, {}, centroids, cpu));
    const bool better = objective < best.objective * (1 - 1e-4);
    if (objective < best.objective) {
      best.centroids = centroids;
      best.labels = std::move(labels);
      best.objective = objective;
    }
    if (!report(hook, {.phase = "k-means, bounded",
                       .done = round + 1,
                       .total = settings.iterations,
                       .objective = objective,
                       .detail = {}}))
      best.stopped = Stopped::hook;
    else if (!better)
      best.stopped = Stopped::tolerance;
    if (best.stopped != Stopped::iterations) break;
  }
  return best;
}

}  // namespace shoal
