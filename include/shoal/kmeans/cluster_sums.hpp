// The sums of the rows of each cluster, kept up to date by the rows that move.
#pragma once

#include <numeric>
#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/geometry.hpp>
#include <shoal/kmeans/sum_grids.hpp>

namespace shoal {

/// A row that changes its cluster; from < 0: it comes in for the first time.
struct Move {
  Index row;
  Label from, to;
};

/// The centroid of rows of the sum sum(j) and the weight `weight`: their mean, of unit length under cosine.
/// False, and out unchanged, when they have none (no weight, or directions that cancel).
template <class Sum> bool centroid_of(const Sum& sum, double weight, Index cols, bool unit, float* out) {
  double scale = weight;
  if (!(scale > 0)) return false;
  if (unit) scale = std::sqrt(sum_in_double(cols, [&](Index j) { return sum(j) * sum(j); }));
  if (!(scale > 1e-9 * weight)) return false;
  for (Index j = 0; j < cols; ++j) out[j] = static_cast<float>(sum(j) / scale);
  return true;
}

/// S_c = Σ w x, W_c = Σ w and the number of rows of every cluster, as integers on the grids of their columns
/// (core/exact_sums.hpp): they depend on the labels alone, not on the moves that led to them, their order, or
/// the ranks that the rows lie on. One array of C × d, whatever the number of threads; two over ranks.
class ClusterSums {
 public:
  ClusterSums(Index clusters, SumGrids grids)
      : grids_(std::move(grids)), own_(clusters, std::ssize(grids_.columns)) {}

  /// What apply() and a list of moves hold for n rows.
  static std::size_t moved_bytes(Index n, Index cols) {
    return chunk * static_cast<std::size_t>(cols) * sizeof(float) +
           static_cast<std::size_t>(std::min<Index>(n, 32768)) * 2 * sizeof(Move);
  }

  [[nodiscard]] double sum(Index c, Index j) const {
    return grids_.columns[static_cast<std::size_t>(j)].value(all().sums(c, j));
  }
  [[nodiscard]] double weight(Index c) const {
    return grids_.weights.value(all().weights[static_cast<std::size_t>(c)]);
  }
  [[nodiscard]] Index count(Index c) const { return all().counts[static_cast<std::size_t>(c)]; }
  [[nodiscard]] Index clusters() const { return own_.sums.rows(); }
  [[nodiscard]] Index cols() const { return own_.sums.cols(); }

  /// Applies the moves; reads the moved rows once. Threads share out columns. O(moves · d).
  void apply(std::span<const Move> moves, const CheckedRows& rows, std::span<const float> weights,
             Workers workers) {
    for (std::size_t done = 0; done < moves.size(); done += chunk)
      apply_chunk(moves.subspan(done, std::min(chunk, moves.size() - done)), rows, weights, workers);
  }

  /// Makes them the sums over the rows of all ranks, to be called by all ranks after they have applied their
  /// moves: C (d + 2) numbers of 8 bytes are exchanged.
  void share(const AnyCommunicator& ranks) {
    if (ranks.is_alone()) return;
    all_ = own_;
    ranks.sum({all_.sums.data(), static_cast<std::size_t>(all_.sums.size())});
    ranks.sum(all_.weights);
    ranks.sum(all_.counts);
  }

  /// All of this rank's are as another machine has summed them.
  void set(MatrixView<const double> sums, std::span<const double> weights, std::span<const Index> counts) {
    for (Index c = 0; c < clusters(); ++c)
      for (Index j = 0; j < cols(); ++j)
        own_.sums(c, j) = grids_.columns[static_cast<std::size_t>(j)].units_of_sum(sums(c, j));
    for (std::size_t c = 0; c < weights.size(); ++c)
      own_.weights[c] = grids_.weights.units_of_sum(weights[c]);
    std::copy(counts.begin(), counts.end(), own_.counts.begin());
  }

  /// Cluster c becomes renamed[c]; those with a negative name are taken out.
  void keep_only(std::span<const Label> renamed, Index clusters) {
    own_.keep_only(renamed, clusters);
    if (all_.sums.rows() > 0) all_.keep_only(renamed, clusters);
  }

  /// Σ_c (W_c ‖c‖² − 2 c·S_c): what the centroids add to Σ w ‖x‖² to make the objective of all rows.
  [[nodiscard]] double spread(MatrixView<const float> centroids, Workers workers) const {
    std::vector<double> parts(own_.weights.size());
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) {
        const float* x = centroids.row(c);
        parts[static_cast<std::size_t>(c)] =
            weight(c) * squared_norm(x, cols()) -
            2 * sum_in_double(cols(), [&](Index j) { return x[j] * sum(c, j); });
      }
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }

  /// The centroid of cluster c, as centroid_of.
  bool centroid(Index c, bool unit, float* out) const {
    return centroid_of([&](Index j) { return sum(c, j); }, weight(c), cols(), unit, out);
  }

  /// Moves every centroid [C × d] that has one to that of its cluster.
  void move_centroids(bool unit, MatrixView<float> centroids, Workers workers) const {
    workers.each_block(clusters(), 16, [&](Block b, int) {
      for (Index c = b.first; c < b.first + b.count; ++c) centroid(c, unit, centroids.row(c));
    });
  }

 private:
  static constexpr std::size_t chunk = 4096;

  struct Totals {
    Matrix<std::int64_t> sums;
    std::vector<std::int64_t> weights;
    std::vector<Index> counts;

    Totals() = default;
    Totals(Index clusters, Index cols)
        : sums(clusters, cols, 0), weights(static_cast<std::size_t>(clusters), 0), counts(weights.size(), 0) {}

    void keep_only(std::span<const Label> renamed, Index clusters) {
      Totals left(clusters, sums.cols());
      for (std::size_t c = 0; c < renamed.size(); ++c) {
        if (renamed[c] < 0) continue;
        const auto to = static_cast<std::size_t>(renamed[c]);
        std::copy_n(sums.row(static_cast<Index>(c)), sums.cols(), left.sums.row(renamed[c]));
        left.weights[to] = weights[c];
        left.counts[to] = counts[c];
      }
      *this = std::move(left);
    }
  };
  [[nodiscard]] const Totals& all() const { return all_.sums.rows() > 0 ? all_ : own_; }

  void apply_chunk(std::span<const Move> moves, const CheckedRows& rows, std::span<const float> weights,
                   Workers workers) {
    const Index n = static_cast<Index>(moves.size()), cols = own_.sums.cols();
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
      const SumGrid* grid = grids_.columns.data() + b.first;
      for (Index i = 0; i < n; ++i) {
        const Move& move = moves[static_cast<std::size_t>(i)];
        const double w = weight_of(move.row);
        const float* x = moved.row(i) + b.first;
        std::int64_t* in = own_.sums.row(move.to) + b.first;
        for (Index j = 0; j < b.count; ++j) in[j] += grid[j].units(w * x[j]);
        if (move.from < 0) continue;
        std::int64_t* out = own_.sums.row(move.from) + b.first;
        for (Index j = 0; j < b.count; ++j) out[j] -= grid[j].units(w * x[j]);
      }
    });
    for (const Move& move : moves) {
      shift(move.to, weight_of(move.row), 1);
      if (move.from >= 0) shift(move.from, weight_of(move.row), -1);
    }
  }

  void shift(Label c, double weight, Index rows) {
    const auto at = static_cast<std::size_t>(c);
    own_.weights[at] += rows * grids_.weights.units(weight);
    own_.counts[at] += rows;
  }

  SumGrids grids_;
  Totals own_, all_;  // all_ is empty until ranks share
  Buffer<float> buffer_;
};

}  // namespace shoal
