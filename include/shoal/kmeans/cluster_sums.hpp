// The sums of the rows of each cluster, kept up to date by the rows that move.
#pragma once

#include <numeric>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/frame.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// A row that changes its cluster; from < 0: it comes in for the first time.
struct Move {
  Index row;
  Label from, to;
};

/// S_c = Σ w x, W_c = Σ w and the number of rows of every cluster, in double: adding and taking away
/// thousands of times leaves centroids right to float32 rounding. One array of C × d, whatever the number of
/// threads.
class ClusterSums {
 public:
  ClusterSums(Index clusters, Index cols)
      : sums_(clusters, cols, 0.0),
        weights_(static_cast<std::size_t>(clusters), 0.0),
        counts_(static_cast<std::size_t>(clusters), 0) {}

  /// What apply() and a list of moves hold for n rows.
  static std::size_t moved_bytes(Index n, Index cols) {
    return chunk * static_cast<std::size_t>(cols) * sizeof(float) +
           static_cast<std::size_t>(std::min<Index>(n, 32768)) * 2 * sizeof(Move);
  }

  [[nodiscard]] const double* sum(Index c) const { return sums_.row(c); }
  [[nodiscard]] double weight(Index c) const { return weights_[static_cast<std::size_t>(c)]; }
  [[nodiscard]] Index count(Index c) const { return counts_[static_cast<std::size_t>(c)]; }
  [[nodiscard]] Index clusters() const { return sums_.rows(); }
  [[nodiscard]] Index cols() const { return sums_.cols(); }

  /// Applies the moves in their order; reads the moved rows once. Threads share out columns, so that no bit
  /// depends on their number. O(moves · d).
  void apply(std::span<const Move> moves, const CheckedRows& rows, std::span<const float> weights,
             Workers workers) {
    for (std::size_t done = 0; done < moves.size(); done += chunk)
      apply_chunk(moves.subspan(done, std::min(chunk, moves.size() - done)), rows, weights, workers);
  }

  /// All of them are as another machine has summed them; the last ones are given in exchange, as room for the
  /// next.
  void exchange(Matrix<double>& sums, std::vector<double>& weights, std::vector<Index>& counts) {
    std::swap(sums_, sums), std::swap(weights_, weights), std::swap(counts_, counts);
  }

  /// Cluster c becomes renamed[c]; those with a negative name are taken out.
  void keep_only(std::span<const Label> renamed, Index clusters) {
    ClusterSums left(clusters, cols());
    for (Index c = 0; c < static_cast<Index>(renamed.size()); ++c) {
      const Label to = renamed[static_cast<std::size_t>(c)];
      if (to < 0) continue;
      std::copy_n(sum(c), cols(), left.sums_.row(to));
      left.weights_[static_cast<std::size_t>(to)] = weight(c);
      left.counts_[static_cast<std::size_t>(to)] = count(c);
    }
    *this = std::move(left);
  }

  /// Σ_c (W_c ‖c‖² − 2 c·S_c): what the centroids add to Σ w ‖x‖² to make the objective of all rows.
  [[nodiscard]] double spread(MatrixView<const float> centroids, Workers workers) const {
    std::vector<double> parts(weights_.size());
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) {
        const float* x = centroids.row(c);
        const double* s = sum(c);
        parts[static_cast<std::size_t>(c)] = weight(c) * squared_norm(x, cols()) -
                                             2 * sum_in_double(cols(), [&](Index j) { return x[j] * s[j]; });
      }
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }

  /// The centroid of cluster c, of rows in that frame: its mean, of unit length under cosine. False, and out
  /// unchanged, when it has none (no weight, or directions that cancel).
  bool centroid(Index c, const Frame& frame, float* out) const {
    return weight(c) > 0 && frame.centroid(sum(c), weight(c), {out, static_cast<std::size_t>(cols())});
  }

  /// Moves every centroid [C × d] that has one to that of its cluster.
  void move_centroids(const Frame& frame, MatrixView<float> centroids, Workers workers) const {
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) centroid(c, frame, centroids.row(c));
    });
  }

 private:
  static constexpr std::size_t chunk = 4096;

  void apply_chunk(std::span<const Move> moves, const CheckedRows& rows, std::span<const float> weights,
                   Workers workers) {
    const Index n = static_cast<Index>(moves.size()), cols = sums_.cols();
    buffer_.resize(static_cast<std::size_t>(n * cols));
    const MatrixView<float> moved(buffer_.data(), n, cols);
    workers.each_block(n, 256, [&](Block b, int) {
      Index ids[256];
      for (Index i = 0; i < b.count; ++i) ids[i] = moves[static_cast<std::size_t>(b.first + i)].row;
      rows.gather({ids, static_cast<std::size_t>(b.count)}, moved.block(b.first, b.count));
    });
    const auto weight_of = [&](Index row) {
      return weights.empty() ? 1.0 : double{weights[static_cast<std::size_t>(row)]};
    };
    workers.each_block(cols, 64, [&](Block b, int) {
      for (Index i = 0; i < n; ++i) {
        const Move& move = moves[static_cast<std::size_t>(i)];
        const double w = weight_of(move.row);
        const float* x = moved.row(i) + b.first;
        double* in = sums_.row(move.to) + b.first;
        for (Index j = 0; j < b.count; ++j) in[j] += w * x[j];
        if (move.from < 0) continue;
        double* out = sums_.row(move.from) + b.first;
        for (Index j = 0; j < b.count; ++j) out[j] -= w * x[j];
      }
    });
    for (const Move& move : moves) {
      shift(move.to, weight_of(move.row), 1);
      if (move.from >= 0) shift(move.from, -weight_of(move.row), -1);
    }
  }

  void shift(Label c, double weight, Index rows) {
    const auto at = static_cast<std::size_t>(c);
    weights_[at] += weight;
    counts_[at] += rows;
    if (counts_[at] > 0) return;
    weights_[at] = 0;  // an empty cluster has no rounding left over
    std::fill(sums_.row(c), sums_.row(c) + sums_.cols(), 0.0);
  }

  Matrix<double> sums_;
  std::vector<double> weights_;
  std::vector<Index> counts_;
  Buffer<float> buffer_;
};

}  // namespace shoal
