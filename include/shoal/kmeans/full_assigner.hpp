// Assigning every row by the full product: the plain way, and the fastest where nothing can be pruned.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/nearest.hpp>

namespace shoal {

/// An assigner finds the nearest centroid of each row, iteration after iteration. begin(centroids) opens an
/// iteration; assign(first, labels, worker) then overwrites the labels of a block of rows, on any thread. On
/// the first iteration, when labels are negative, it also writes ‖x‖² of each row. pruned() is the share of
/// (row, centroid) pairs that the iteration did without.
class FullAssigner {
 public:
  struct Settings {};

  FullAssigner(const CheckedRows& rows, Index, Workers workers, std::span<float> squares, Settings)
      : rows_(rows), squares_(squares), scratch_(static_cast<std::size_t>(workers.threads())) {}

  [[nodiscard]] Index block_rows() const { return pass_rows(rows_.cols()); }
  void begin(MatrixView<const float> centroids) { packed_.pack(centroids); }
  void relabel(Index) {}
  [[nodiscard]] double pruned() const { return 0; }

  void assign(Index first, std::span<Label> labels, int worker) {
    Scratch& own = scratch_[static_cast<std::size_t>(worker)];
    const Index count = static_cast<Index>(labels.size()), cols = rows_.cols();
    own.rows.resize(static_cast<std::size_t>(count * cols));
    own.values.resize(labels.size());
    const MatrixView<float> x(own.rows.data(), count, cols);
    rows_.read(first, x);
    if (labels[0] < 0)
      for (Index i = 0; i < count; ++i)
        squares_[static_cast<std::size_t>(first + i)] = static_cast<float>(squared_norm(x.row(i), cols));
    nearest(x, packed_, own.nearest, labels.data(), own.values.data());
  }

 private:
  struct Scratch {
    NearestScratch nearest;
    Buffer<float> rows, values;
  };
  CheckedRows rows_;
  std::span<float> squares_;
  PackedCentroids packed_;
  std::vector<Scratch> scratch_;
};

}  // namespace shoal
