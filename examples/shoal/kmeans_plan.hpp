// The plan of shoal cluster --method kmeans, and the check of its inputs before work starts.
#pragma once

#include "feature_file.hpp"
#include "html.hpp"
#include "kmeans_method.hpp"
#include "listed.hpp"
#include "plan_line.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>
#include <vector>

#include <shoal/core/sample.hpp>
#include <shoal/io/npy.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/bounds/assigner_on_cpu.hpp>

/// The approximate seconds in which all rows are compared with all centroids, measured on rows spread over
/// the source; 0 if rows can't be clustered, which the fit itself then reports.
template <shoal::Geometry Geo, class Device>
double pass_seconds(shoal::AnyRows rows, shoal::Index clusters, const Device& device) {
  using shoal::Index;
  const Index sample =
      std::min(rows.rows(), std::clamp<Index>(Index{4'000'000'000} / (clusters * rows.cols()), 256, 8192));
  const std::vector<Index> ids = shoal::spread_rows(rows.rows(), sample);
  shoal::Matrix<float> centroids(clusters, rows.cols());
  double least = 0;
  try {
    rows.gather(shoal::spread_rows(rows.rows(), clusters), centroids);
    for (int round = 0; round < 2; ++round) {  // the first round reads the rows from the disk
      const Stopwatch time;
      (void)shoal::predict<Geo>(centroids, shoal::Subset(rows, ids), device);
      least = round == 0 ? time.seconds() : std::min(least, time.seconds());
    }
  } catch (const shoal::error&) {
    return 0;
  }
  return least * static_cast<double>(rows.rows()) / static_cast<double>(sample);
}

/// The work of a fit, counted in passes: one compares all rows with all centroids.
struct KMeansWork {
  std::string how;          ///< "at most 25 iterations"
  double passes = 0;        ///< at most
  double likely = 0;        ///< as the time counts them, since bounds prune what iterations compare
  shoal::Index sample = 0;  ///< rows that are held at once; 0 for all
};

/// What parts of a fit cost, in passes over all rows and centroids.
struct FitCosts {
  double start = 0;  ///< first centroids by k-means++, and what the first iteration costs beyond the others
  double iteration = 0;  ///< each iteration, on average
  double labels = 1.2;   ///< the last labels and the confidences
  [[nodiscard]] double of(shoal::Index iterations) const {
    return start + iteration * static_cast<double>(iterations) + labels;
  }
};

/// The costs of a fit, which depend on the bounds that prune it. Counted in processor time over 25 iterations
/// on clustered rows, 200,000 to 1,000,000 × 128, C = 100 and 1,000; they vary by a fifth from set to set.
template <class Device> FitCosts costs_of(shoal::RowShape rows, shoal::Index clusters, const Device& device) {
  if constexpr (std::same_as<Device, shoal::Cpu>) {
    switch (shoal::choose_bounds({rows, clusters, shoal::Bounds::automatic}, device.memory())) {
      case shoal::Bounds::pair:
        return {.start = 2.8, .iteration = 0.31};
      case shoal::Bounds::group:
        return {.start = 6, .iteration = 0.45};
      case shoal::Bounds::none:
        return {.start = 2.3, .iteration = 0.5};
      default:
        break;
    }
  }
  return {.start = 2, .iteration = 1};
}

/// The rows from which k-means finds the first centroids of mini-batches: twenty batches or 50 rows a
/// cluster, whichever is more.
inline shoal::Index mini_batch_sample(const KMeansMethod& method, shoal::Index clusters, shoal::Index rows) {
  return std::min(rows, std::max(20 * *method.mini_batch, 50 * clusters));
}

/// The work of each way to fit.
inline KMeansWork work_of(const KMeansMethod& method, shoal::Index clusters, shoal::Index rows,
                          const FitCosts& costs) {
  const auto& s = method.settings;
  KMeansWork work;
  if (method.hierarchical) {
    const double groups = std::floor(std::sqrt(static_cast<double>(clusters)));
    const double levels =
        static_cast<double>(s.iterations + 4) * (groups / static_cast<double>(clusters) + 1 / groups);
    work = {"in two levels", levels + 5, 0.4 * levels + 4, 0};
  } else if (method.mini_batch) {
    const shoal::Index sample = method.start.empty() ? mini_batch_sample(method, clusters, rows) : 1;
    const auto passes = static_cast<double>(std::min<shoal::Index>(s.iterations, 3));
    const double first =
        method.start.empty() ? 14 * static_cast<double>(sample) / static_cast<double>(rows) : 0;
    work = {"by batches of " + counted(grouped(*method.mini_batch), "row"), passes + 2 + first,
            passes + 2 + 0.6 * first, sample};
  } else {
    const auto rounds = static_cast<double>(s.iterations * s.restarts);
    const double balancing = method.least || method.most ? static_cast<double>(s.iterations) : 0;
    work = {
        "at most " + counted(grouped(s.iterations), "iteration") +
            (s.restarts > 1 ? " of each of " + grouped(s.restarts) + " runs" : "") +
            (balancing > 0 ? " and as many rounds that balance sizes" : ""),
        rounds + 2 * balancing + 4,
        costs.iteration * rounds + costs.start * static_cast<double>(s.restarts) + balancing + costs.labels,
        0};
  }
  return work;
}

/// The plan of a fit.
template <shoal::Geometry Geo, class Device>
WorkPlan plan_of(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                 const Device& device) {
  const shoal::Index clusters = job.options.clusters;
  const KMeansWork work =
      work_of(method, clusters, rows.rows(), costs_of({rows.rows(), rows.cols()}, clusters, device));
  WorkPlan plan;
  plan.work = "rows into " + grouped(clusters) + " clusters, " + work.how;
  plan.products =
      work.passes * static_cast<double>(rows.rows()) * static_cast<double>(clusters * rows.cols());
  const shoal::Index held = work.sample > 0 ? std::max(work.sample, clusters) : rows.rows();
  plan.bytes = shoal::plan(shoal::KMeans<Geo>{.clusters = clusters}, {held, rows.cols()}, device).total();
  plan.seconds = work.likely * pass_seconds<Geo>(rows, clusters, device);
  if (plan.seconds > 3600)
    plan.advice =
        method.hierarchical || method.mini_batch
            ? "This takes hours: fewer --iterations or --clusters take less"
            : "This takes hours: --hierarchical, --mini-batch 10000 or fewer --iterations take less";
  return plan;
}

/// The weights and first centroids that the options name; throws shoal::error, naming the option, if they
/// don't fit the rows. Bounds on sizes are checked too, so that nothing is refused after work has begun.
struct KMeansInputs {
  std::vector<float> weights;
  shoal::Matrix<float> start;

  KMeansInputs(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows) {
    using shoal::check, shoal::Errc, shoal::Index;
    const Index n = rows.rows(), clusters = job.options.clusters;
    if (!method.weights.empty()) {
      weights = read_parts<float>(method.weights);
      check(std::ssize(weights) == n, Errc::invalid_argument, "--weights: ", method.weights.string(),
            " holds ", weights.size(), " weights; there are ", n, " rows");
    }
    if (!method.start.empty()) {
      const shoal::FeatureFile given = read_features(method.start);
      check(given.rows() == clusters && given.cols() == rows.cols(), Errc::invalid_argument,
            "--start: ", method.start.string(), " holds ", given.rows(), " × ", given.cols(),
            " numbers; --clusters (", clusters, ") and the columns of the features ask for ", clusters, " × ",
            rows.cols());
      start = shoal::Matrix<float>(clusters, rows.cols());
      given.read(0, start.view());
    }
    const Index least = method.least.value_or(0), most = method.most.value_or(n);
    check(least <= most, Errc::invalid_argument, "--min-size (", least, ") must not exceed ",
          method.most ? "--max-size (" : "the rows (", most, ")");
    check(least <= n / clusters, Errc::invalid_argument, "--min-size (", least, "): ", clusters,
          " clusters of so many rows need more than the ", n, " rows that there are");
    check(most >= (n + clusters - 1) / clusters, Errc::invalid_argument, "--max-size (", most,
          "): ", clusters, " clusters of so many rows can't hold the ", n, " rows that there are");
  }
};
