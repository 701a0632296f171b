// The known costs of rows in clusters, by row and by cluster.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// The costs of some (row, cluster) pairs, listed both by row and by cluster. Pairs are only added, and keep
/// their first cost. 24 bytes per pair; adding takes one pass over all pairs.
class SparseCostTable {
 public:
  /// A pair as its row sees it.
  struct InCluster {
    Label cluster;
    float cost;
  };
  /// A pair as its cluster sees it.
  struct OfRow {
    Index row;
    float cost;
  };

  SparseCostTable(Index rows, Index clusters)
      : row_start_(static_cast<std::size_t>(rows) + 1, 0),
        cluster_start_(static_cast<std::size_t>(clusters) + 1, 0) {}

  [[nodiscard]] std::span<const InCluster> of(Index row) const {
    return slice(by_row_, row_start_, static_cast<std::size_t>(row));
  }
  [[nodiscard]] std::span<const OfRow> in(Label cluster) const {
    return slice(by_cluster_, cluster_start_, static_cast<std::size_t>(cluster));
  }
  /// Pre: the pair is known.
  [[nodiscard]] float cost(Index row, Label cluster) const {
    for (const InCluster& pair : of(row))
      if (pair.cluster == cluster) return pair.cost;
    return 0;
  }

  /// Adds labels(k, ·) at costs(k, ·) to row ids[k], ids ascending; pairs that are known stay as they are.
  void add(std::span<const Index> ids, MatrixView<const Label> labels, MatrixView<const float> costs) {
    Buffer<InCluster> merged;
    merged.reserve(by_row_.size() + static_cast<std::size_t>(labels.rows * labels.cols));
    std::size_t k = 0;
    for (std::size_t row = 0; row + 1 < row_start_.size(); ++row) {
      const auto known = slice(by_row_, row_start_, row);
      row_start_[row] = merged.size();  // the old start has been read
      merged.append(known.data(), known.data() + known.size());
      if (k == ids.size() || ids[k] != static_cast<Index>(row)) continue;
      for (Index j = 0; j < labels.cols; ++j) {
        const Label c = labels(static_cast<Index>(k), j);
        if (std::none_of(known.begin(), known.end(),
                         [c](const InCluster& pair) { return pair.cluster == c; }))
          merged.push_back({c, costs(static_cast<Index>(k), j)});
      }
      ++k;
    }
    row_start_.back() = merged.size();
    by_row_ = std::move(merged);
    transpose();
  }

 private:
  template <class Pair>
  static std::span<const Pair> slice(const Buffer<Pair>& pairs, const std::vector<std::size_t>& start,
                                     std::size_t at) {
    return {pairs.data() + start[at], start[at + 1] - start[at]};
  }

  void transpose() {
    std::fill(cluster_start_.begin(), cluster_start_.end(), std::size_t{0});
    for (const InCluster& pair : by_row_) ++cluster_start_[static_cast<std::size_t>(pair.cluster) + 1];
    for (std::size_t c = 1; c < cluster_start_.size(); ++c) cluster_start_[c] += cluster_start_[c - 1];
    std::vector<std::size_t> next(cluster_start_.begin(), cluster_start_.end() - 1);
    by_cluster_.resize(by_row_.size());
    for (std::size_t row = 0; row + 1 < row_start_.size(); ++row)
      for (const InCluster& pair : of(static_cast<Index>(row)))
        by_cluster_[next[static_cast<std::size_t>(pair.cluster)]++] = {static_cast<Index>(row), pair.cost};
  }

  std::vector<std::size_t> row_start_, cluster_start_;
  Buffer<InCluster> by_row_;
  Buffer<OfRow> by_cluster_;
};

}  // namespace shoal
