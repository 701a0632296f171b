// The assignment step on any backend: the product of blocks of rows with the centroids, then the least value
// of each row. It is the readable reference for the fused assigners.
#pragma once

#include <algorithm>
#include <limits>

#include <shoal/backend/backend.hpp>
#include <shoal/kmeans/assigner.hpp>

namespace shoal {

/// Finds the nearest centroids of rows by ‖c‖² / 2 − x·c, with the backend's own product. It takes as many
/// rows at a time as give products of about 16 MB, whatever the number of threads. O(n · C · d).
class GenericCentroidSearch final : public CentroidSearch {
 public:
  /// The centroids must outlive it.
  GenericCentroidSearch(MatrixView<const float> centroids, const AnyBackend& backend)
      : centroids_(centroids), backend_(backend), half_(static_cast<std::size_t>(centroids.rows)) {
    for (Index c = 0; c < centroids.rows; ++c)
      half_[static_cast<std::size_t>(c)] =
          static_cast<float>(squared_norm(centroids.row(c), centroids.cols) / 2);
  }

  void find(const CentroidQuestion& question, const Sink& sink) override {
    const Index n = question.ids ? std::ssize(*question.ids) : question.rows.rows();
    const Index window = window_rows(centroids_.rows);
    Matrix<float> rows(std::min(n, window), centroids_.cols), values(rows.rows(), width());
    const auto parts = [&](Index begin, Index count) {
      for (Index first = begin; first < begin + count; first += window) {
        const Index height = std::min(window, begin + count - first);
        this->find(question, first, rows.view().block(0, height), values.view().block(0, height), sink);
      }
    };
    if (question.ids)
      parts(0, n);
    else
      question.rows.walk(window, parts);
  }

  /// The rows whose products are made together, for C centroids.
  static constexpr Index window_rows(Index clusters) {
    return std::clamp<Index>((Index{1} << 22) / std::max<Index>(clusters, 1), 64, 8192);
  }
  /// The bytes that find() holds for C centroids of `cols` columns.
  static constexpr std::size_t bytes(Index clusters, Index cols) {
    return static_cast<std::size_t>(window_rows(clusters) * (cols + clusters + tile_cols)) * sizeof(float);
  }

 private:
  /// The length of a row of values: whole tiles, as least_few needs.
  [[nodiscard]] Index width() const { return block_count(centroids_.rows, tile_cols) * tile_cols; }

  /// Answers the question for the rows from place `first` on, which are read into x.
  void find(const CentroidQuestion& question, Index first, MatrixView<float> x, MatrixView<float> products,
            const Sink& sink) const {
    constexpr Index step = 64;
    backend_.each_block(x.rows, step, [&](Block b, int) {
      const auto part = x.block(b.first, b.count);
      const auto place = static_cast<std::size_t>(first + b.first);
      if (question.ids)
        question.rows.gather_scattered(question.ids->subspan(place, static_cast<std::size_t>(b.count)), part);
      else
        question.rows.read(first + b.first, part);
    });
    backend_.product({x, false}, {centroids_, true}, products.columns(0, centroids_.rows));
    backend_.each_block(x.rows, step, [&](Block b, int) {
      this->choose(question, first + b.first, x.block(b.first, b.count), products.block(b.first, b.count),
                   sink);
    });
  }

  /// Finds the nearest centroids of a few rows from their products with all centroids, which become values.
  void choose(const CentroidQuestion& question, Index place, MatrixView<const float> x,
              MatrixView<float> products, const Sink& sink) const {
    const Index clusters = centroids_.rows;
    Matrix<Label> labels(x.rows, question.count);
    Matrix<float> least(x.rows, question.count);
    for (Index i = 0; i < x.rows; ++i) {
      float* row = products.row(i);
      for (Index c = 0; c < clusters; ++c) {
        const auto at = static_cast<std::size_t>(c);
        row[c] = half_[at] + (question.prices.empty() ? 0.f : question.prices[at]) - row[c];
      }
      std::fill(row + clusters, row + products.cols, std::numeric_limits<float>::infinity());
      least_few(row, products.cols, clusters, question.count, labels.row(i), least.row(i));
    }
    sink({place, x, labels, least});
  }

  MatrixView<const float> centroids_;
  AnyBackend backend_;
  std::vector<float> half_;  // [C] ‖c‖² / 2
};

/// Assigns all rows by GenericCentroidSearch.
class GenericAssigner final : public Assigner {
 public:
  GenericAssigner(const AssignmentJob& job, const AnyBackend& backend)
      : rows_(job.rows), weights_(job.weights), squares_(job.squares), backend_(backend) {}

  Index assign(MatrixView<const float> centroids, std::span<Label> labels, ClusterSums& sums) override {
    const std::vector<Label> before(labels.begin(), labels.end());
    GenericCentroidSearch(centroids, backend_).find({.rows = rows_}, [&](const FoundCentroids& found) {
      for (Index i = 0; i < found.rows.rows; ++i) {
        const auto row = static_cast<std::size_t>(found.place + i);
        if (labels[row] < 0) squares_[row] = squared_norm(found.rows.row(i), found.rows.cols);
        labels[row] = found.labels(i, 0);
      }
    });
    return apply_moves(0, before, labels, rows_, weights_, sums, backend_);
  }

 private:
  CheckedRows rows_;
  std::span<const float> weights_;
  std::span<double> squares_;
  AnyBackend backend_;
};

}  // namespace shoal
