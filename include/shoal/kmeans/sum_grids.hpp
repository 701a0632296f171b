// The grids on which k-means sums rows, so that the sums of clusters have the same bits in any order.
#pragma once

#include <span>
#include <vector>

#include <shoal/backend/shard.hpp>
#include <shoal/core/buffer.hpp>

namespace shoal {

/// A summary of the weights of the rows of all ranks; without weights, all are 1.
struct WeightSummary {
  Index positive = 0;  ///< number of rows with positive weight
  double largest = 1;
  double total = 0;
  bool weighted = false;
};

inline WeightSummary summarize_weights(const Shard& shard, std::span<const float> weights, bool weighted) {
  if (!weighted) return {shard.total(), 1, static_cast<double>(shard.total()), false};
  WeightSummary summary{0, 0, 0, true};
  ExactSum total;
  for (const float w : weights) {
    summary.positive += w > 0;
    summary.largest = std::max(summary.largest, double{w});
    total.add(double{w});
  }
  summary.positive = shard.sum(summary.positive);
  summary.largest = shard.max(summary.largest);
  summary.total = shard.sum(total);
  return summary;
}

/// The grid of each column of Σ w x, and that of Σ w.
struct SumGrids {
  Buffer<SumGrid> columns;
  SumGrid weights;

  SumGrids() = default;
  /// For rows whose elements are at most `largest` [d] in magnitude.
  SumGrids(std::span<const double> largest, const WeightSummary& summary, Index rows)
      : weights(summary.largest, static_cast<double>(rows)) {
    for (const double x : largest) columns.push_back({x * summary.largest, static_cast<double>(rows)});
  }
};

/// The grids for the rows of all ranks as they are. One pass over them, or none if they have unit length.
inline SumGrids grids_of(const CheckedRows& rows, const WeightSummary& summary, const Shard& shard,
                         Workers workers) {
  std::vector<double> largest(static_cast<std::size_t>(rows.cols()), rows.unit() ? 1 + 0x1p-20 : 0.0);
  if (!rows.unit()) {
    const auto widest = [](Index, MatrixView<const float> x) {
      std::vector<double> part(static_cast<std::size_t>(x.cols), 0.0);
      for (Index i = 0; i < x.rows; ++i)
        for (Index j = 0; j < x.cols; ++j) {
          double& wide = part[static_cast<std::size_t>(j)];
          wide = std::max(wide, std::abs(double{x(i, j)}));
        }
      return part;
    };
    largest = rows.fold(workers, 512, std::move(largest), widest,
                        [](std::vector<double>& all, const std::vector<double>& part) {
                          for (std::size_t j = 0; j < all.size(); ++j) all[j] = std::max(all[j], part[j]);
                        });
    shard.max(std::span(largest));
  }
  return {largest, summary, shard.total()};
}
/// The grids for the rows of one process.
inline SumGrids grids_of(const CheckedRows& rows, std::span<const float> weights, Workers workers) {
  const Shard shard({}, rows.rows(), rows.cols());
  return grids_of(rows, summarize_weights(shard, weights, !weights.empty()), shard, workers);
}

}  // namespace shoal
